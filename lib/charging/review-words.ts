import { capital } from '#lib/format/capital.ts'

/** What recording noticed about a session, in plain words. Flags of `HARMLESS` say how a message came, not that something is wrong. */
const WORDS: Record<string, string> = {
  deliveredLate: 'Told late: the charger was offline and sent it afterwards.',
  clockCorrected: 'The charger’s clock was wrong; its times were corrected.',
  futureTime: 'The charger gave a time in the future; the time of arrival was used.',
  absurdTime: 'The charger gave an impossible time; the time of arrival was used.',
  unreadableTime: 'The charger gave a time that cannot be read; the time of arrival was used.',
  timeWithoutZone: 'The charger gave times without a zone; they were read as UTC.',
  unknownTag: 'Charged with a card that nobody knows.',
  blockedTag: 'Charged with a blocked card.',
  expiredTag: 'Charged with an expired card.',
  busyTag: 'The same card was in use at another port.',
  reservedForOther: 'It began at a port that was kept for somebody else.',
  unknownReservation: 'The charger named a reservation that is not in the records.',
  stoppedByOther: 'Another card than the one that began it ended it, and they are not of one group.',
  localList: 'A charger did not take its list of cards.',
  drift: 'A charger’s configuration is not as it should be.',
  unknownPort: 'The charger named a port that is not in the records; the energy is kept at its first port.',
  heldPort: 'It began at a port that is out of use; the charger was told to end it.',
  superseded: 'The charger never said that it ended; the last reading is taken as the end.',
  energyMissing: 'The meter rose further before the next session than was told of this one: that energy is in no bill.',
  stoppedTwice: 'The charger ended it twice, with different values; the first end counts.',
  stopBeforeStart: 'It ended before it began, by the charger’s clock.',
  meterBackwards: 'The meter ran backwards; only what it rose is counted.',
  absurdMeter: 'The meter gave an impossible value.',
  meterNotWhole: 'The meter gave parts of a Wh; they were rounded.',
  unreadableValue: 'A reading could not be understood.',
  noSampledValue: 'A reading came without a value.',
  unknownTransaction: 'Readings named a session that is not in the records.',
  chargerNotAccepted: 'The charger was not accepted when it told this.',
  chargerRetired: 'The charger was retired while this went on; the last reading is taken as the end.',
  estimated: 'Readings are missing: part of the cost is an estimate.',
  noTariff: 'No tariff was in force when it began: it has no cost.',
}
const HARMLESS: ReadonlySet<string> = new Set(['deliveredLate', 'clockCorrected'])

/** A flag as a sentence; one without a sentence is split into its words. */
export const flagSentence = (flag: string): string => WORDS[flag] ?? `${capital(flag.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase())}.`

export type Review = { state: 'open' | 'closed' | 'review'; sentences: string[]; notes: string[] }

/**
 * What a person must know of a session: `sentences` ask for a look, `notes` only tell. A running session whose cost is an estimate
 * is not for review: its readings may still come.
 */
export function reviewOf({
  stoppedAt,
  flags,
  estimated,
  cost,
}: {
  stoppedAt: number | null
  flags: readonly string[]
  estimated: boolean
  /** Null: it has none. */
  cost: unknown
}): Review {
  const all =
    estimated && stoppedAt !== null && !flags.includes('estimated') ? [...flags, cost === null ? 'noTariff' : 'estimated'] : [...flags]
  const sentences = all.filter((flag) => !HARMLESS.has(flag)).map(flagSentence)
  const notes = all.filter((flag) => HARMLESS.has(flag)).map(flagSentence)
  return { state: sentences.length > 0 ? 'review' : stoppedAt === null ? 'open' : 'closed', sentences, notes }
}

const STOP_REASONS: Record<string, string> = {
  EVDisconnected: 'unplugged',
  Local: 'stopped at the charger',
  Remote: 'stopped from here',
  DeAuthorized: 'card refused',
  EmergencyStop: 'emergency stop',
  HardReset: 'charger restarted',
  SoftReset: 'charger restarted',
  Retired: 'charger retired',
  Reboot: 'charger restarted',
  PowerLoss: 'power loss',
  UnlockCommand: 'cable unlocked',
  superseded: 'replaced by the next session',
  Other: 'other reason',
}

/** Why a session ended, after "Ended:"; OCPP 1.6 §7.40 and our own. Null while it runs. */
export const stopReasonWords = (reason: string | null): string | null =>
  reason === null ? null : (STOP_REASONS[reason] ?? flagSentence(reason).replace(/\.$/, '').toLowerCase())
