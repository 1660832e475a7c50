import { sameTag } from '#lib/charging/verdict.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Db } from '../store/database.ts'
import { findEnded, isGivenOut, openSessions } from '../store/session.ts'

/** What a message tells of the session that it names by a number that this charger has not got from us. Register in Wh. */
export type Told = { at: Instant; port?: number; idTag?: string | undefined; meterWh: number | undefined }
type Meant = { id: number; port: number } | undefined

/**
 * The session that a charger means by a number of its own: one that began offline has no other until its start is answered, and what was
 * queued meanwhile carries it. It is the one open session, told late, that fits in all that is told: port, card, time, and a register that is
 * not below its start. `undefined` where several fit, or where the number is one that we gave to another charger: nobody can tell.
 */
export async function sessionMeant(db: Db, chargerId: string, transactionId: number, told: Told): Promise<Meant> {
  const [one, ...others] = (await openSessions(db, { chargerId })).filter(
    ({ port, idTag, startedAt, meterStartWh, flags }) =>
      flags.includes('deliveredLate') &&
      (told.port === undefined || told.port === port) &&
      (told.idTag === undefined || sameTag(told.idTag) === idTag) &&
      startedAt <= told.at &&
      (told.meterWh === undefined || meterStartWh <= told.meterWh),
  )
  return one && others.length === 0 && !(await isGivenOut(db, transactionId)) ? { id: one.id, port: one.port } : undefined
}

/** The same for an end. The charger repeats it until it is answered: its repetition finds the session that it has ended. */
export async function sessionEnded(db: Db, chargerId: string, transactionId: number, told: Told & { meterWh: number }): Promise<Meant> {
  if (await isGivenOut(db, transactionId)) return undefined
  const { at: stoppedAt, meterWh: meterStopWh } = told
  return (
    (await findEnded(db, { chargerId, transactionId, stoppedAt, meterStopWh })) ?? (await sessionMeant(db, chargerId, transactionId, told))
  )
}
