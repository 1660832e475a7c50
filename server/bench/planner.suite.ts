import type { PlanningInput } from '#lib/planning/input.ts'
import type { NightSpec } from '../judge/bay.ts'
import { passedBy } from '../judge/events.ts'
import { nightOf } from '../judge/instances.ts'
import type { TariffId } from '../judge/real-data.ts'

// The nights that the planner is measured on: real shifts, tariffs and loads. Of every ten, four have a connection of 0.85 to 1.15 times the
// least power that serves everybody, and four have vehicles of one and of three phases under limits in A.

export type Night = { spec: NightSpec; input: PlanningInput }

const TARIFFS: (TariffId | 'flat')[] = [
  'tou-ev-4-winter',
  'gs-2-tou-b-august',
  'day-ahead-eth',
  'tou-ev-4-summer',
  'tou-ev-8-summer',
  'flat',
  'tou-ev-8-winter',
]
const TIGHT: Record<number, number> = { 0: 1, 3: 1.15, 6: 0.85, 9: 1.05 }
const MIXED: Record<number, NightSpec['phases']> = { 1: 'mixed208', 3: 'mixed230', 5: 'mixed208', 8: 'mixed230' }

/** The `i`th night of a size; what is not said is drawn from the patterns above. */
export const night = (i: number, size: Pick<NightSpec, 'vehicles' | 'slots'> & Partial<NightSpec>): Night => {
  const spec: NightSpec = {
    seed: i + 1,
    tariff: TARIFFS[i % TARIFFS.length]!,
    phases: MIXED[i % 10] ?? 'one',
    ...(TIGHT[i % 10] === undefined ? {} : { tightness: TIGHT[i % 10] }),
    levels: size.vehicles > 100 ? 4 : 3,
    baseLoad: i % 3 !== 2,
    gridSignal: i % 4 === 1,
    peakSoFar: [0, 0.9, 0.5][i % 3]!,
    welcome: 0,
    neverPause: 0,
    priorities: i % 4 === 2,
    ...size,
  }
  return { spec, input: nightOf(spec) }
}

export const nights = (count: number, size: (i: number) => Parameters<typeof night>[1]): Night[] =>
  Array.from({ length: count }, (_, i) => night(i, size(i)))

/** Nights whose connection serves everybody just so, with a tenth of the vehicles that would not wake after a pause: somebody is late, but not all a little. */
export const tightWithoutPauses = (count: number, size: Pick<NightSpec, 'vehicles' | 'slots'>): Night[] =>
  [77, 72, 70].slice(0, count).map((i) => night(i, { ...size, tightness: 1, neverPause: 0.1, gridSignal: false }))

/** An hour later: some vans have come, one has left early, another leaves earlier than it said, and the grid takes a tenth. */
export const anHourLater = ({ input }: Night, previous: PlanningInput['previous']): PlanningInput => {
  const later = passedBy(input, Math.floor(3_600_000 / (input.slotMinutes * 60_000)))
  return {
    ...later,
    nodes: later.nodes.map((node) =>
      node.parent === undefined ? { ...node, limitW: node.limitW.map((w) => Math.round(w * 0.9)) as typeof node.limitW } : node,
    ),
    needs: input.needs
      .slice(1)
      .map((need, i) => (i === 0 ? { ...need, departs: (need.departs - 3_600_000) as typeof need.departs } : need)),
    previous,
  }
}
