import { type Curve, constantCurve } from '#lib/planning/curve.ts'
import { curveFromSteps } from '#lib/planning/depot-facts.ts'
import type { SetPoints } from '#lib/planning/set-point.ts'
import { type Instant, instant } from '#lib/time/instant.ts'
import { currentFor, milliamps, powerAt, type Watts, watts } from '#lib/units/units.ts'
import { profileIds, unitOf } from './profile16.ts'
import type { Quirks } from './quirks.ts'

// A charging profile that a person or another system asks for, judged and turned into the curve that the envelope counts
// (source: spec "ocpp", The envelope). Only our own slot of one port, so that what is sent replaces what was sent.

export type AskedProfile =
  | { kind: 'session'; sessionId: number; curve: Curve }
  | { kind: 'fallback'; limitW: Watts }
  | { kind: 'refused'; reason: string }

/** SetChargingProfile.req, after its schema. */
export type ProfilePayload = {
  connectorId: number
  csChargingProfiles: {
    chargingProfileId: number
    transactionId?: number
    stackLevel: number
    chargingProfilePurpose: string
    chargingProfileKind: string
    recurrencyKind?: string
    validFrom?: string
    validTo?: string
    chargingSchedule: {
      duration?: number
      startSchedule?: string
      chargingRateUnit: string
      chargingSchedulePeriod: { startPeriod: number; limit: number; numberPhases?: number }[]
      minChargingRate?: number
    }
  }
}

/** The port that it is for. `sessions`: open ones, newest first. `clockTrusted`: its clock is ours, within the bound that is counted with. */
export type ProfilePort = { number: number; points: SetPoints; quirks: Quirks; sessions: number[]; clockTrusted: boolean }

export function askedProfile(payload: ProfilePayload, port: ProfilePort | undefined, now: Instant): AskedProfile {
  const { connectorId, csChargingProfiles: profile } = payload
  const refused = (reason: string): AskedProfile => ({ kind: 'refused', reason })
  if (connectorId === 0) return refused('On connector 0 a profile applies to each connector at once: set it for each port by its number.')
  if (!port) return refused(`The charger has no port ${connectorId}.`)
  const shape = wrongShape(profile, port)
  if (shape !== undefined) return refused(shape)
  const { chargingSchedulePeriod: periods, chargingRateUnit: unit, startSchedule } = profile.chargingSchedule
  const limits = periods.map(({ limit }) => upperW(limit, unit, port.points))
  const highest = Math.max(...limits) as Watts
  if (profile.chargingProfilePurpose === 'TxDefaultProfile') return { kind: 'fallback', limitW: highest }
  const sessionId = port.sessions[0]
  if (sessionId === undefined) return refused(`A TxProfile is for a running session, and port ${connectorId} has none.`)
  if (profile.transactionId !== sessionId)
    return refused(`The session at port ${connectorId} is transaction ${sessionId}: name it as transactionId.`)
  // who counts its periods from another moment, or by another clock, may be in any of them
  if (profile.chargingProfileKind === 'Relative' || (!port.clockTrusted && periods.length > 1))
    return { kind: 'session', sessionId, curve: constantCurve(highest) }
  const start = instant(startSchedule!)
  if (start > now)
    return refused('Its startSchedule is still to come: until then models differ in what they follow. Let it begin in the past.')
  const steps = periods.map(({ startPeriod }, index) => ({ from: (start + startPeriod * 1000) as Instant, limitW: limits[index]! }))
  return { kind: 'session', sessionId, curve: curveFromSteps(steps) }
}

function wrongShape(profile: ProfilePayload['csChargingProfiles'], { number, points, quirks }: ProfilePort): string | undefined {
  const purpose = profile.chargingProfilePurpose
  const { chargingSchedule: schedule, chargingProfileKind: kind } = profile
  if (purpose === 'ChargePointMaxProfile')
    return 'A ChargePointMaxProfile is taken as a minimum by some models and split over the connectors by others: nothing can be counted on it. Limit the port or the circuit instead.'
  if (kind === 'Recurring' || profile.recurrencyKind !== undefined)
    return 'A recurring profile would follow the charger’s own calendar: what it follows at which moment could not be counted on.'
  if (profile.validFrom !== undefined || profile.validTo !== undefined)
    return 'validFrom and validTo are not used: what a charger follows when a profile ends differs by model, from the default to full power.'
  if (schedule.duration !== undefined)
    return 'duration is not used: what a charger follows when a profile ends differs by model, from the default to full power. Let the last period be open.'
  if (schedule.minChargingRate !== undefined) return 'minChargingRate is not used: it may keep a charger above its limit.'
  const ids = profileIds(number)
  const [id, slot] = purpose === 'TxProfile' ? [ids.limit, 'the plan’s limit'] : [ids.fallback, 'the fallback limit']
  if (profile.chargingProfileId !== id || profile.stackLevel !== quirks.stackLevel)
    return `Port ${number} has one slot for ${slot}: chargingProfileId ${id} with stackLevel ${quirks.stackLevel}. Another would stand beside it, and ours would not take it back.`
  if (
    purpose === 'TxDefaultProfile' &&
    (kind !== 'Relative' || schedule.startSchedule !== undefined || profile.transactionId !== undefined)
  )
    return 'A TxDefaultProfile is Relative, without startSchedule and transactionId: so it outlives any clock and holds for every session.'
  if (kind === 'Absolute' && schedule.startSchedule === undefined) return 'An Absolute profile needs a startSchedule.'
  if (kind === 'Relative' && schedule.startSchedule !== undefined) return 'A Relative profile has no startSchedule.'
  if (!quirks.units.some((unit) => unit === schedule.chargingRateUnit))
    return `The charger takes limits in ${quirks.units.join(' and ')}: use chargingRateUnit ${unitOf({ quirks })}.`
  return wrongPeriods(schedule, points, quirks)
}

function wrongPeriods(
  { chargingRateUnit: unit, chargingSchedulePeriod: periods }: ProfilePayload['csChargingProfiles']['chargingSchedule'],
  points: SetPoints,
  { maxPeriods }: Quirks,
): string | undefined {
  if (periods.length === 0) return 'A schedule has at least one period.'
  if (periods.length > maxPeriods) return `The charger holds ${maxPeriods} periods; these are ${periods.length}.`
  if (periods[0]!.startPeriod !== 0) return 'The first period starts at 0: before it there would be no limit.'
  if (periods.some(({ startPeriod }, index) => index > 0 && startPeriod <= periods[index - 1]!.startPeriod))
    return 'Periods follow one another: each startPeriod is later than the one before.'
  const least = unit === 'A' ? Math.ceil(currentFor(points.minW, points.circuit) / 1000) : points.minW
  for (const { limit, startPeriod } of periods) {
    if (startPeriod > MOST_PERIOD_S) return `A period starts at most a year after the schedule; ${startPeriod} s is later.`
    if (limit > MOST[unit === 'A' ? 'A' : 'W']) return `A limit of ${limit} ${unit} is more than any charger can give.`
    if (unit === 'A' && !Number.isInteger(limit)) return `Limits are whole amperes; ${limit} A would be rounded, perhaps up.`
    if (limit !== 0 && limit < least)
      return `A limit is 0 or at least ${least} ${unit} (IEC 61851); ${limit} ${unit} would be taken as either.`
    if (limit < 0) return 'A limit is not negative.'
  }
  return undefined
}

/** Beyond these no number is meant as a limit or a time of day; what follows reckons in whole watts and milliseconds. */
const MOST = { A: 1_000_000, W: 1_000_000_000 }
const MOST_PERIOD_S = 366 * 86_400

/** The most power that a limit may mean, whatever phases it names. */
const upperW = (limit: number, unit: string, { circuit }: SetPoints): Watts =>
  unit === 'A' ? powerAt(milliamps(limit * 1000), circuit) : watts(Math.ceil(limit))
