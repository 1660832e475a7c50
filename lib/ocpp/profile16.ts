import { currentAtMost, powerAtMost, type SetPoints } from '#lib/planning/set-point.ts'
import { type Instant, iso, minutes, plus } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'
import type { Quirks } from './quirks.ts'

export type Period16 = { startPeriod: number; limit: number; numberPhases: number }
export type Profile16 = {
  chargingProfileId: number
  transactionId?: number
  stackLevel: number
  chargingProfilePurpose: 'TxDefaultProfile' | 'TxProfile'
  chargingProfileKind: 'Absolute' | 'Relative'
  chargingSchedule: { startSchedule?: string; chargingRateUnit: 'A' | 'W'; chargingSchedulePeriod: Period16[] }
}

/** The electrics and ways of the port that a profile is for. */
export type ProfileTarget = { port: number; points: SetPoints; quirks: Quirks }

// one fixed id per port and purpose: a new profile takes the place of the old one
const FALLBACK_ID = 1000
const LIMIT_ID = 2000
export const profileIds = (port: number) => ({ fallback: FALLBACK_ID + port, limit: LIMIT_ID + port })

/** The stored default of every transaction on the port: no start, no duration, no validity, so that it survives any clock. */
export const fallbackProfile = (target: ProfileTarget, limitW: Watts): Profile16 => ({
  chargingProfileId: profileIds(target.port).fallback,
  stackLevel: target.quirks.stackLevel,
  chargingProfilePurpose: 'TxDefaultProfile',
  chargingProfileKind: 'Relative',
  chargingSchedule: { chargingRateUnit: unitOf(target), chargingSchedulePeriod: [{ startPeriod: 0, ...limitOf(target, limitW) }] },
})

/**
 * The plan for a session: absolute periods from a start in the past; the last has no end (docs/ocpp.md, "The envelope").
 * `offsetMs`: the device's clock minus ours; its clock is the one that turns the pages. A schedule longer than the charger takes
 * ends early with the lowest of what was to come: never above what was decided.
 */
export function limitProfile(
  target: ProfileTarget,
  sessionId: number,
  steps: { from: Instant; limitW: Watts }[],
  now: Instant,
  offsetMs: number,
): Profile16 {
  const first = steps[0]
  if (!first) throw new RangeError('a limit has at least one step')
  const start = Math.floor(Math.min(first.from, plus(now, -minutes(1))) / 1000) * 1000
  const most = target.quirks.maxPeriods
  const kept = steps.length <= most ? steps : [...steps.slice(0, most - 1), lowest(steps.slice(most - 1))]
  const periods: Period16[] = []
  kept.forEach((step, index) => {
    const startPeriod = index === 0 ? 0 : Math.max(0, Math.round((step.from - start) / 1000))
    const before = periods.at(-1)
    const period = { startPeriod, ...limitOf(target, step.limitW) }
    // two steps in one second: the later one stands
    if (before && before.startPeriod === startPeriod) periods[periods.length - 1] = period
    else if (before?.limit !== period.limit) periods.push(period)
  })
  return {
    chargingProfileId: profileIds(target.port).limit,
    transactionId: sessionId,
    stackLevel: target.quirks.stackLevel,
    chargingProfilePurpose: 'TxProfile',
    chargingProfileKind: 'Absolute',
    chargingSchedule: {
      startSchedule: iso((start + Math.round(offsetMs / 1000) * 1000) as Instant),
      chargingRateUnit: unitOf(target),
      chargingSchedulePeriod: periods,
    },
  }
}

const lowest = (steps: { from: Instant; limitW: Watts }[]) => ({
  from: steps[0]!.from,
  limitW: Math.min(...steps.map(({ limitW }) => limitW)) as Watts,
})

export const unitOf = ({ quirks }: Pick<ProfileTarget, 'quirks'>): 'A' | 'W' => (quirks.units.includes('A') ? 'A' : 'W')

/** Whole amperes per phase, 0 or at least the port's minimum (IEC 61851: 6 A); always numberPhases. */
const limitOf = (target: ProfileTarget, limitW: Watts): { limit: number; numberPhases: number } => ({
  limit: unitOf(target) === 'A' ? Math.floor(currentAtMost(limitW, target.points) / 1000) : powerAtMost(limitW, target.points),
  numberPhases: target.points.circuit.wiring === 'L-L' && target.points.circuit.phases < 3 ? 1 : target.points.circuit.phases,
})
