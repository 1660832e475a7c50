import type { ChargingEvent, RecordedEvent } from '#lib/charging/event.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Ctx } from '../runtime.ts'
import type { LockedCharger } from '../store/charger.ts'
import type { Db } from '../store/database.ts'
import type { JournalLine } from '../store/journal.ts'

/** What recording needs of the world. */
export type RecordCtx = Pick<Ctx, 'clock' | 'db' | 'recorded' | 'wakes' | 'log'>

/** One transaction in which events of one charger become state and journal. */
export type Recording = {
  db: Db
  charger: LockedCharger
  receivedAt: Instant
  realAt: Instant
  journal: JournalLine[]
  /** Why a new plan is wanted, in words for the plan screen. */
  causes: string[]
}

/** `fresh`: it changed something; a repetition is recorded no second time and told to nobody. */
export type Noted = { event: RecordedEvent; fresh: boolean }

export const noted = (
  recording: Recording,
  event: ChargingEvent,
  ids: { portId?: string; session?: number } = {},
  fresh = true,
): Noted => ({
  event: { ...event, ...ids, depotId: recording.charger.depotId, chargerId: recording.charger.id, receivedAt: recording.receivedAt },
  fresh,
})

/** A line in the journal about this charger. */
export const write = (recording: Recording, kind: string, subject: string, data: Record<string, unknown> = {}): void => {
  recording.journal.push({ depotId: recording.charger.depotId, actor: `charger:${recording.charger.id}`, kind, subject, data })
}
