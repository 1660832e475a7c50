import type { Instant } from '#lib/time/instant.ts'
import type { Installed } from './limit.ts'
import type { Profile, Purpose, RateUnit } from './profile.ts'

// The profiles a charger holds: what it takes in, replaces, clears and forgets.

export type StoreRules = {
  ports: number
  units: readonly RateUnit[]
  maxStackLevel: number
  maxPeriods: number
  maxProfiles: number
  /** Some models cannot pause: they refuse a limit of 0. */
  refusesZero: boolean
  /** The least that is not a pause, W and A; undefined: anything is taken. */
  least?: Record<RateUnit, number>
  keepsFirstPeriodOnly?: boolean
  transactionOn: (port: number) => { transactionId?: number } | undefined
}
export type Installing = { status: 'Accepted'; profiles: Installed[] } | { status: 'Rejected'; reason: string }

/** SetChargingProfile (§5.16): the same id, or the same purpose and stack level on the same connector, is replaced. */
export function install(
  profiles: readonly Installed[],
  rules: StoreRules,
  connectorId: number,
  profile: Profile,
  receivedAt: Instant,
): Installing {
  const reason = whyNot(rules, connectorId, profile)
  if (reason) return { status: 'Rejected', reason }
  const kept = profiles.filter((i) => !replaces(connectorId, profile, i))
  if (kept.length >= rules.maxProfiles) return { status: 'Rejected', reason: `holds ${rules.maxProfiles} profiles already` }
  const stored = rules.keepsFirstPeriodOnly ? withFirstPeriod(profile) : profile
  return { status: 'Accepted', profiles: [...kept, { connectorId, profile: stored, receivedAt }] }
}

const withFirstPeriod = (profile: Profile): Profile => {
  const { chargingSchedule } = profile
  return {
    ...profile,
    chargingSchedule: { ...chargingSchedule, chargingSchedulePeriod: chargingSchedule.chargingSchedulePeriod.slice(0, 1) },
  }
}

const replaces = (connectorId: number, profile: Profile, old: Installed): boolean =>
  old.profile.chargingProfileId === profile.chargingProfileId ||
  (old.connectorId === connectorId &&
    old.profile.chargingProfilePurpose === profile.chargingProfilePurpose &&
    old.profile.stackLevel === profile.stackLevel)

function whyNot(rules: StoreRules, connectorId: number, profile: Profile): string | undefined {
  const { chargingSchedule: schedule, chargingProfilePurpose: purpose } = profile
  if (connectorId < 0 || connectorId > rules.ports) return `no connector ${connectorId}`
  if (purpose === 'ChargePointMaxProfile' && connectorId !== 0) return 'ChargePointMaxProfile belongs on connector 0'
  if (purpose === 'TxProfile') {
    if (connectorId === 0) return 'TxProfile needs a connector'
    const transaction = rules.transactionOn(connectorId)
    if (!transaction) return 'no transaction for this TxProfile'
    if (profile.transactionId !== undefined && profile.transactionId !== transaction.transactionId) return 'another transaction runs'
  }
  if (profile.chargingProfileKind === 'Recurring' && !(profile.recurrencyKind && schedule.startSchedule))
    return 'Recurring needs recurrencyKind and startSchedule'
  if (profile.stackLevel > rules.maxStackLevel) return `stack level above ${rules.maxStackLevel}`
  if (!rules.units.includes(schedule.chargingRateUnit)) return `takes ${rules.units.join(' and ')} only`
  if (schedule.chargingSchedulePeriod.length > rules.maxPeriods) return `more than ${rules.maxPeriods} periods`
  if (schedule.chargingSchedulePeriod[0]?.startPeriod !== 0) return 'the first period must start at 0'
  const least = rules.least?.[schedule.chargingRateUnit] ?? 0
  if (schedule.chargingSchedulePeriod.some((p) => p.limit > 0 && p.limit < least))
    return `nothing below ${least} ${schedule.chargingRateUnit}`
  if (rules.refusesZero && schedule.chargingSchedulePeriod.some((p) => p.limit === 0)) return 'cannot pause'
  return undefined
}

export type Clearing = { id?: number; connectorId?: number; chargingProfilePurpose?: Purpose; stackLevel?: number }

/** ClearChargingProfile (§5.5): by id, or by all the given criteria; none given clears everything. */
export const clear = (profiles: readonly Installed[], wanted: Clearing): Installed[] =>
  profiles.filter(({ connectorId, profile }) => {
    if (wanted.id !== undefined) return profile.chargingProfileId !== wanted.id
    const matches =
      (wanted.connectorId === undefined || wanted.connectorId === connectorId) &&
      (wanted.chargingProfilePurpose === undefined || wanted.chargingProfilePurpose === profile.chargingProfilePurpose) &&
      (wanted.stackLevel === undefined || wanted.stackLevel === profile.stackLevel)
    return !matches
  })

/** A TxProfile dies with its transaction (§3.13.1). */
export const endOfTransaction = (profiles: readonly Installed[], port: number): Installed[] =>
  profiles.filter((i) => !(i.profile.chargingProfilePurpose === 'TxProfile' && i.connectorId === port))
