import { type Circuit, type Milliamps, type Phase, powerAt } from '#lib/units/units.ts'

export const PHASES: readonly Phase[] = ['l1', 'l2', 'l3']

/** Current that a watt of a load draws on each conductor of the site, mA per W. Currents of different loads add up arithmetically: the safe side. */
export type PhaseParts = Record<Phase, number>

/** Conductors that a load uses: one between two lines uses two. */
export const conductorsOf = ({ wiring, phases }: Pick<Circuit, 'wiring' | 'phases'>): 1 | 2 | 3 =>
  wiring === 'L-L' && phases < 3 ? 2 : phases

/** Parts of a load on these lines, the first ones. Lines that nobody told: it may be on any of them, so it counts on each. */
export const partsOn = (lines: readonly Phase[] | undefined, circuit: Circuit): PhaseParts => {
  const used = lines?.slice(0, conductorsOf(circuit)) ?? PHASES
  const part = (phase: Phase) => (used.includes(phase) ? currentPerWatt(circuit) : 0)
  return { l1: part('l1'), l2: part('l2'), l3: part('l3') }
}

/** mA on each of its conductors per W. */
const currentPerWatt = (circuit: Circuit): number => 1e9 / powerAt(1e9 as Milliamps, circuit)

export const sameParts = (a: PhaseParts | undefined, b: PhaseParts | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && PHASES.every((phase) => a[phase] === b[phase]))

/** Of a load that nothing is known of: on any phase, at 120 V. */
export const ANYWHERE: PhaseParts = { l1: 1000 / 120, l2: 1000 / 120, l3: 1000 / 120 }

/** What a watt of it draws at most on a phase, when nobody knows which of its phases it is on. */
export const mostPart = (parts: PhaseParts, phase: Phase): number =>
  parts[phase] === 0 ? 0 : PHASES.every((each) => parts[each] > 0) ? 3 * parts[phase] : parts[phase]
