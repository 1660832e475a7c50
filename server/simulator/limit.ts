import { type Instant, instant, plus, seconds } from '#lib/time/instant.ts'
import type { Profile, Purpose } from './profile.ts'

// What a 1.6 charger obeys at an instant, from the specification alone. Being offline changes nothing here:
// a charger without a network goes on with the profiles it has (§3.13.6).

export type Installed = { connectorId: number; receivedAt: Instant; profile: Profile }

export type Wires = {
  /** Nominal voltage of one load: line to neutral, or between two lines for a North American single-phase port. */
  volts: number
  phases: 1 | 2 | 3
  maxAmps: number
  /** Can open phases, so that numberPhases counts. Otherwise an ampere is an ampere on every phase the port has. */
  switchesPhases: boolean
}

export type Circumstances = {
  profiles: readonly Installed[]
  wires: Wires
  /** What the firmware does when a schedule's duration has passed: the specification leaves it open, models differ. */
  afterDuration: 'toDefault' | 'fullPower'
  ports: number
  /** The whole charger's own maximum; without it, the ports' sum. */
  chargerMaxW?: number
  transactionOn: (port: number) => { startedAt: Instant; transactionId?: number } | undefined
}

export type Limit = { powerW: number; because: 'nameplate' | Purpose; profileId?: number }

const NO_CONSTRAINT = Number.POSITIVE_INFINITY
const CYCLE_S = { Daily: 86_400, Weekly: 604_800 } as const

export const nameplateW = (wires: Wires): number => wires.volts * wires.phases * wires.maxAmps

/**
 * The limit of one port in W at `at`: the lowest of nameplate, the prevailing TxProfile or else TxDefaultProfile, and
 * ChargePointMaxProfile (§3.13.3). `relativeTo` is where Relative schedules begin on a port without a transaction.
 */
export function portLimit(c: Circumstances, port: number, at: Instant, relativeTo: Instant = at): Limit {
  const whole = chargerLimit(c, at)
  const own = transactionLimit(c, port, at, relativeTo)
  const lowest = own.powerW <= whole.powerW ? own : whole
  const most = nameplateW(c.wires)
  return lowest.powerW < most ? lowest : { powerW: most, because: 'nameplate' }
}

/** The limit of the whole charger, shared by all its ports (§3.13.3). */
export function chargerLimit(c: Circumstances, at: Instant): Limit {
  const most = c.chargerMaxW ?? nameplateW(c.wires) * c.ports
  const profiles = c.profiles.filter((i) => i.profile.chargingProfilePurpose === 'ChargePointMaxProfile')
  const found = prevailing(c, profiles, at, (i) => i.receivedAt)
  return found && found.powerW < most ? found : { powerW: most, because: 'nameplate' }
}

/** TxProfile overrules TxDefaultProfile for its transaction only (§3.13.1). */
function transactionLimit(c: Circumstances, port: number, at: Instant, relativeTo: Instant): Limit {
  const transaction = c.transactionOn(port)
  const start = transaction?.startedAt ?? relativeTo
  const mine = c.profiles.filter((i) => belongs(i, port, transaction))
  const ofPurpose = (purpose: Purpose) => mine.filter((i) => i.profile.chargingProfilePurpose === purpose)
  return (
    prevailing(c, ofPurpose('TxProfile'), at, () => start) ??
    prevailing(c, ofPurpose('TxDefaultProfile'), at, () => start) ?? { powerW: NO_CONSTRAINT, because: 'nameplate' }
  )
}

function belongs({ connectorId, profile }: Installed, port: number, transaction: { transactionId?: number } | undefined): boolean {
  if (profile.chargingProfilePurpose === 'TxDefaultProfile') return connectorId === port || connectorId === 0
  if (profile.chargingProfilePurpose !== 'TxProfile' || connectorId !== port || !transaction) return false
  return profile.transactionId === undefined || profile.transactionId === transaction.transactionId
}

/** Highest stack level among those valid now (§3.13.2); at one level a port's own profile replaces that of connector 0 (§3.13.1). */
function prevailing(
  c: Circumstances,
  candidates: readonly Installed[],
  at: Instant,
  relativeStart: (i: Installed) => Instant,
): Limit | undefined {
  const byRank = candidates
    .filter((i) => isValid(i.profile, at))
    .sort((a, b) => b.profile.stackLevel - a.profile.stackLevel || b.connectorId - a.connectorId)
  for (const installed of byRank) {
    const reading = scheduleAt(installed.profile, at, relativeStart(installed))
    const because = installed.profile.chargingProfilePurpose
    const profileId = installed.profile.chargingProfileId
    if (reading.kind === 'limit') return { powerW: inWatts(c.wires, installed.profile, reading), because, profileId }
    if (reading.kind === 'over' && c.afterDuration === 'fullPower') return { powerW: NO_CONSTRAINT, because, profileId }
  }
  return undefined
}

/** validFrom belongs to the validity, validTo does not (§7.8). */
const isValid = ({ validFrom, validTo }: Profile, at: Instant): boolean =>
  (validFrom === undefined || at >= instant(validFrom)) && (validTo === undefined || at < instant(validTo))

type Period = Profile['chargingSchedule']['chargingSchedulePeriod'][number]
type Reading = { kind: 'notYet' } | { kind: 'over' } | ({ kind: 'limit' } & Period)

function scheduleAt(profile: Profile, at: Instant, relativeStart: Instant): Reading {
  const { duration, chargingSchedulePeriod } = profile.chargingSchedule
  const elapsedS = (at - scheduleStart(profile, at, relativeStart)) / 1000
  if (elapsedS < 0) return { kind: 'notYet' }
  // without a duration the last period goes on (§7.13)
  if (duration !== undefined && elapsedS >= duration) return { kind: 'over' }
  const period = chargingSchedulePeriod.findLast((p) => p.startPeriod <= elapsedS)
  return period ? { kind: 'limit', ...period } : { kind: 'notYet' }
}

/** Absolute: startSchedule. Recurring: its last repetition. Relative, or no startSchedule: the start of charging (§7.10, §7.13). */
function scheduleStart(profile: Profile, at: Instant, relativeStart: Instant): Instant {
  const { startSchedule } = profile.chargingSchedule
  if (profile.chargingProfileKind === 'Relative' || startSchedule === undefined) return relativeStart
  const start = instant(startSchedule)
  if (profile.chargingProfileKind === 'Absolute' || at < start) return start
  const cycle = seconds(CYCLE_S[profile.recurrencyKind ?? 'Daily'])
  return plus(start, Math.floor((at - start) / cycle) * cycle)
}

/** A is per phase (§7.14: three phases unless another number is given, never more than the port has); W is the whole port. */
function inWatts(wires: Wires, profile: Profile, { limit, numberPhases = 3 }: Period): number {
  const { chargingRateUnit, minChargingRate } = profile.chargingSchedule
  // below the vehicle's useful minimum the charger pauses instead (§7.13)
  if (minChargingRate !== undefined && limit < minChargingRate) return 0
  if (chargingRateUnit === 'W') return limit
  const phases = wires.switchesPhases ? Math.min(numberPhases, wires.phases) : wires.phases
  return limit * wires.volts * phases
}

/** Every moment in `(from, until)` at which some profile may change the limit. */
export function turningPoints(c: Circumstances, port: number, from: Instant, until: Instant): Instant[] {
  const found = new Set<number>()
  const add = (at: number) => at > from && at < until && found.add(at)
  for (const { profile, receivedAt } of c.profiles) {
    for (const text of [profile.validFrom, profile.validTo]) if (text) add(instant(text))
    const relative = profile.chargingProfilePurpose === 'ChargePointMaxProfile' ? receivedAt : (c.transactionOn(port)?.startedAt ?? from)
    const { duration, startSchedule, chargingSchedulePeriod } = profile.chargingSchedule
    const offsets = [0, ...chargingSchedulePeriod.map((p) => p.startPeriod), ...(duration === undefined ? [] : [duration])]
    const recurs = profile.chargingProfileKind === 'Recurring' && startSchedule !== undefined
    const cycle = recurs ? seconds(CYCLE_S[profile.recurrencyKind ?? 'Daily']) : until - from + 1
    const first = scheduleStart(profile, from, relative)
    for (let start: number = first; start < until; start += cycle) for (const s of offsets) add(start + seconds(s))
  }
  return [...found].sort((a, b) => a - b) as Instant[]
}
