import type { Need, PlanningInput, PlanningPort } from '#lib/planning/input.ts'
import { type Instant, instant, minutes } from '#lib/time/instant.ts'
import { milliamps, type Phase, wattHours, watts } from '#lib/units/units.ts'
import { depotDays, type TariffId } from './real-data.ts'
import type { Seeded } from './seeded.ts'

/** What a depot's night is made of; everything else is drawn with the seed. */
export type NightSpec = {
  seed: number
  vehicles: number
  slots: 96 | 288
  tariff: TariffId | 'flat'
  /** One phase system, or vehicles and ports of one and of three phases under limits in A: between lines (208 V), or to neutral (230 V). */
  phases: 'one' | 'mixed208' | 'mixed230'
  /** Service connection as a multiple of the least power that serves everybody; without it, it has room. */
  tightness?: number
  levels: 1 | 3 | 4
  baseLoad: boolean
  /** The connection's limit is lowered for two hours of the evening. */
  gridSignal: boolean
  /** The month's peak so far, as a multiple of the least one. */
  peakSoFar: number
  /** Share of vehicles with welcome energy; of those that would not wake after a pause. */
  welcome: number
  neverPause: number
  priorities: boolean
  policy?: PlanningInput['policy']
  /** Fine steps and no minimum: what quantisation costs is the difference. */
  fine?: boolean
}

/** Local midnight before the night; the depot's clock is eight hours behind UTC. */
export const MIDNIGHT = instant('2026-08-05T08:00:00Z')
export const at = (localMin: number): Instant => (MIDNIGHT + minutes(localMin)) as Instant
const WH_PER_MILE = 700

export type Bay = { port: PlanningPort; need: Need }

export type Time = Pick<PlanningInput, 'now' | 'slotMinutes' | 'slots'>

const PAIRS: Phase[][] = [
  ['l1', 'l2'],
  ['l2', 'l3'],
  ['l3', 'l1'],
]
const TURNS: Phase[][] = [
  ['l1', 'l2', 'l3'],
  ['l2', 'l3', 'l1'],
  ['l3', 'l1', 'l2'],
]

export function bayOf(spec: NightSpec, random: Seeded, { i, turn, node }: { i: number; turn: number; node: string }, time: Time): Bay {
  const id = `van${i}`
  const day = random.pick(depotDays)
  const three = spec.phases === 'mixed208' && random.chance(0.25)
  const phases: Phase[] = spec.phases === 'one' ? ['l1', 'l2'] : spec.phases === 'mixed230' || three ? TURNS[turn]! : PAIRS[turn]!
  const vehiclePhases = spec.phases === 'mixed230' ? random.pick([1, 3, 3] as const) : three ? 3 : 1
  const amps = spec.phases === 'mixed230' ? 32 : random.pick([32, 40, 48, 80])
  const perAmp = perAmpOf(spec, phases.length)
  const port: PlanningPort = {
    id,
    node,
    maxW: watts(Math.floor(amps * perAmp)),
    minW: spec.fine ? watts(1) : watts(Math.floor(6 * perAmp)),
    stepMa: spec.fine ? milliamps(10) : milliamps(1000),
    phases,
    maxPeriods: spec.fine ? 288 : 20,
    reservedW: [],
  }
  const jitter = () => random.whole(-20, 20)
  const arrives = Math.max(12 * 60, day.returnsMin + jitter())
  const departs = 24 * 60 + Math.min(15 * 60, day.departsMin + jitter())
  const vehicleW = Math.floor((vehiclePhases === 3 ? random.pick([16, 32]) : amps) * perAmpOf(spec, vehiclePhases))
  const maxW = Math.min(port.maxW, vehicleW)
  // what cannot be charged at full power all night long is charged elsewhere
  const stay = (departs - Math.max(arrives, (time.now - MIDNIGHT) / minutes(1))) / 60
  const energy = Math.min(day.miles * WH_PER_MILE, maxW * 0.9 * stay * 0.92)
  const need: Need = {
    id,
    port: id,
    arrives: at(arrives),
    departs: at(departs),
    energyWh: wattHours(Math.max(1000, energy)),
    ...(random.chance(spec.welcome) ? { extraWh: wattHours(random.whole(3, 15) * 1000) } : {}),
    maxW: watts(maxW),
    phases: vehiclePhases,
    efficiency: 0.92,
    priority: spec.priorities && random.chance(0.15) ? 1 : 0,
    mayPause: !random.chance(spec.neverPause),
  }
  return { port, need }
}

const perAmpOf = ({ phases }: NightSpec, of: number): number => {
  if (phases === 'mixed230') return 230 * of
  const volts = phases === 'one' ? 240 : 208
  return of === 3 ? volts * Math.sqrt(3) : volts
}
