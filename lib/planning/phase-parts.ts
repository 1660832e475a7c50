import type { Circuit, Phase, Wiring } from '#lib/units/units.ts'

export const PHASES: readonly Phase[] = ['l1', 'l2', 'l3']

/** How much of a load's power counts on each conductor, as current × line-to-neutral voltage ÷ power. */
export type PhaseParts = Record<Phase, number>

/** One load between two lines draws its current on both: P ÷ (√3 × line-to-neutral voltage). */
const PART = { 1: 1, 2: 1 / Math.sqrt(3), 3: 1 / 3 } as const

/** Conductors that a load of so many phases uses. */
export const conductorsOf = ({ wiring, phases }: Pick<Circuit, 'wiring' | 'phases'>): 1 | 2 | 3 =>
  wiring === 'L-L' && phases < 3 ? 2 : phases

/** Parts of a load on `conductors` of these lines, the first ones. Lines that nobody told: it may be on any of them, so it counts on each. */
export const partsOn = (lines: readonly Phase[] | undefined, conductors: 1 | 2 | 3): PhaseParts => {
  const used = lines?.slice(0, conductors) ?? PHASES
  const part = (phase: Phase) => (used.includes(phase) ? PART[conductors] : 0)
  return { l1: part('l1'), l2: part('l2'), l3: part('l3') }
}

export const sameParts = (a: PhaseParts | undefined, b: PhaseParts | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && PHASES.every((phase) => a[phase] === b[phase]))

/** Of a load that nothing is known of. */
export const ANYWHERE: PhaseParts = { l1: 1, l2: 1, l3: 1 }

/** Voltage between a line and neutral. */
export const toNeutral = (volts: number, wiring: Wiring): number => (wiring === 'L-N' ? volts : volts / Math.sqrt(3))
