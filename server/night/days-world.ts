import { loweredIn } from '#lib/planning/limit-hours.ts'
import { hours, type Instant, instant, latest, minutes, plus } from '#lib/time/instant.ts'
import type { Phase, Watts } from '#lib/units/units.ts'
import { type Seeded, seeded } from '../judge/seeded.ts'

// Many days of a depot, drawn with a seed: 14 vans with their duties, a building, prices, grid signals, and what goes wrong.

export const FROM = instant('2026-10-20T12:00:00Z')
export const VANS = 14
export const BATTERY_WH = 80_000
export const EFFICIENCY = 0.92
export const PORT_W = 19_200
export const WH_PER_KM = 400
/** What connection and panels carry, W; vans 1 … 7 stand under panel A, the others under panel B. */
export const CAPS = { service: 92_000, 'panel-a': 66_000, 'panel-b': 40_000 }
export type NodeName = keyof typeof CAPS
export const panelOf = (van: number): NodeName => (van <= 7 ? 'panel-a' : 'panel-b')
export const VOLTS = 240
/** Panel A is kept on each of its phases too, A; its ports stand between two lines, in turn. Nobody told the lines of those at panel B. */
export const PHASE_A = 160
const PAIRS: [Phase, Phase][] = [
  ['l1', 'l2'],
  ['l2', 'l3'],
  ['l3', 'l1'],
]
export const linesOf = (van: number): [Phase, Phase] | undefined => (panelOf(van) === 'panel-a' ? PAIRS[van % 3]! : undefined)

/** Whatever has a limit: the power of a node, W, or the current on a phase, A. */
export type Line = NodeName | `panel-a ${Phase}`
export const CARRIES: Record<Line, number> = { ...CAPS, 'panel-a l1': PHASE_A, 'panel-a l2': PHASE_A, 'panel-a l3': PHASE_A }
export const LINES = Object.keys(CARRIES) as Line[]
/** What a watt that a van draws is on a line; currents add up arithmetically. */
export const partOn = (line: Line, van: number): number => {
  if (line === 'service' || line === panelOf(van)) return 1
  return linesOf(van)?.some((phase) => line === `panel-a ${phase}`) ? 1 / VOLTS : 0
}

export type Duty = { van: number; departsAt: Instant; returnsAt: Instant; energyWh: number; distanceM: number }
/** How it really was: `usedWh` by the drive that it comes home from. */
export type Stay = { van: number; arrives: Instant; departs: Instant; mustWh: number; usedWh: number }
export type FaultKind = 'offline' | 'reboots' | 'forgets' | 'refuses' | 'disobeys' | 'losesMessages' | 'meterLost' | 'baseJumps'
export type Fault = { kind: FaultKind; van: number; from: Instant; until: Instant; byW: number }
export type Signal = { toldAt: Instant; from: Instant; until: Instant; limitW: Watts }
export type Days = {
  until: Instant
  duties: Duty[]
  stays: Stay[]
  faults: Fault[]
  signals: Signal[]
  /** What the building really draws, and the most that was foreseen. */
  buildingW(at: Instant): number
  foreseenW(at: Instant): Watts
  /** What the connection really carries. */
  serviceW(at: Instant): number
}

const DAY = hours(24)
/** From noon to noon: a night is whole. */
export const nightOf = (at: Instant): number => Math.floor((at - FROM) / DAY)

/** The same days for the same seed. */
export function drawDays(count: number, seed: number): Days {
  const random = seeded(seed)
  const nights = Array.from({ length: count }, (_, night) => plus(FROM, night * DAY))
  const duties: Duty[] = []
  const stays: Stay[] = []
  for (let van = 1; van <= VANS; van++) {
    let energyWh = random.between(25_000, 45_000)
    for (const noon of nights) {
      const told = plus(noon, Math.round(random.between(4, 8) * 60) * minutes(1))
      const departsAt = plus(noon, Math.round(random.between(16.5, 20) * 60) * minutes(1))
      duties.push(dutyOf(van, plus(noon, -hours(5)), told, energyWh))
      const used = energyWh * random.between(0.65, 0.95)
      energyWh = Math.round(random.between(30_000, 62_000))
      // 3 of 100 do not come back that night, 4 come hours late
      const late = random.chance(0.04) ? random.between(1, 3) * 60 : random.between(-30, 30)
      if (random.chance(0.03)) continue
      stays.push({ van, arrives: plus(told, Math.round(late) * minutes(1)), departs: departsAt, mustWh: energyWh, usedWh: used })
    }
    const last = nights.at(-1)!
    duties.push(dutyOf(van, plus(last, hours(24 - 5)), plus(last, hours(30)), energyWh))
  }
  for (const duty of duties) {
    const stay = stays.find(({ van, departs }) => van === duty.van && nightOf(departs) === nightOf(duty.departsAt))
    if (stay) duty.departsAt = stay.departs
  }
  const faults = nights.flatMap((noon, night) => faultsOf(random, noon, night))
  const signals = nights.flatMap((noon, night) => signalsOf(random, noon, night))
  const jumps = faults.filter(({ kind }) => kind === 'baseJumps')
  const service = loweredIn(CAPS.service as Watts, signals)
  return {
    until: plus(FROM, count * DAY),
    duties: duties.sort((a, b) => a.departsAt - b.departsAt),
    stays: stays.sort((a, b) => a.arrives - b.arrives),
    faults,
    signals,
    foreseenW: usualW,
    buildingW: (at) => {
      // between 72 and 90 % of what was foreseen, another share each quarter of an hour
      const share = 0.72 + 0.18 * seeded(Math.floor(at / minutes(15)) % 2 ** 31).next()
      return Math.round(usualW(at) * share) + jumps.reduce((sum, { from, until, byW }) => sum + (at >= from && at < until ? byW : 0), 0)
    },
    serviceW: (at) => service.steps.findLast(({ from }) => from <= at)?.limitW ?? service.beforeW,
  }
}

const dutyOf = (van: number, departsAt: Instant, returnsAt: Instant, energyWh: number): Duty => ({
  van,
  departsAt,
  returnsAt,
  energyWh: Math.round(energyWh),
  distanceM: Math.round(((energyWh * 0.8) / WH_PER_KM) * 1000),
})

/** The most that is foreseen of the building in an hour. */
const usualW = (at: Instant): Watts => {
  const hour = Math.floor(at / hours(1)) % 24
  return (9_000 + 600 * ((hour * 7) % 6) + (hour >= 6 && hour < 18 ? 4_000 : 0)) as Watts
}

const LENGTHS: Record<FaultKind, [least: number, most: number]> = {
  offline: [20, 90],
  reboots: [1, 1],
  forgets: [1, 1],
  refuses: [10, 40],
  disobeys: [30, 60],
  losesMessages: [30, 120],
  meterLost: [30, 120],
  baseJumps: [10, 30],
}

/** Two to four a night, each at another charger. */
function faultsOf(random: Seeded, noon: Instant, night: number): Fault[] {
  const kinds = Object.keys(LENGTHS) as FaultKind[]
  const vans = Array.from({ length: VANS }, (_, i) => i + 1).sort(() => random.next() - 0.5)
  let meterBack = noon
  return Array.from({ length: random.whole(2, 4) }, (_, i): Fault => {
    // each kind comes in turn, so that none is left out by chance
    const kind = kinds[(night * 3 + i) % kinds.length]!
    const drawn = plus(noon, Math.round(random.between(9, 15) * 60) * minutes(1) + 17_000)
    // nobody can know of a jump while the meter is silent
    const from = kind === 'baseJumps' ? latest(drawn, meterBack) : drawn
    const [least, most] = LENGTHS[kind]
    const until = plus(from, Math.round(random.between(least, most)) * minutes(1))
    if (kind === 'meterLost') meterBack = plus(until, minutes(5))
    return { kind, van: vans[i]!, from, until, byW: random.whole(12_000, 22_000) }
  })
}

/** Each third evening the grid asks for less for two hours; each tenth night it takes so much that not everybody can be ready. */
function signalsOf(random: Seeded, noon: Instant, night: number): Signal[] {
  if (night % 10 === 7) {
    const from = plus(noon, hours(8.5))
    return [{ toldAt: plus(from, -hours(1)), from, until: plus(noon, hours(18)), limitW: 42_000 as Watts }]
  }
  if (night % 3 !== 1) return []
  const from = plus(noon, hours(random.whole(6, 7)))
  return [{ toldAt: plus(from, -minutes(random.whole(20, 90))), from, until: plus(from, hours(2)), limitW: 55_000 as Watts }]
}
