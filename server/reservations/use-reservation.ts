import type { ChargingEvent } from '#lib/charging/event.ts'
import { isOpen } from '#lib/charging/reservation.ts'
import { instant } from '#lib/time/instant.ts'
import { type Recording, write } from '../charging/recording.ts'
import { findReservation, openReservations, type ReservationRow, updateReservation } from '../store/reservation.ts'
import { findToken } from '../store/token.ts'

type Started = Extract<ChargingEvent, { kind: 'started' }>

/**
 * What a start has to do with the reservations of its charger (1.6 §5.13). `used`: it is the one that the port was kept for. `others`:
 * somebody else began where a port was kept; a person looks at it. `stranger`: it names a reservation that is not in our books.
 */
export type Kept =
  | { kind: 'none' }
  | { kind: 'used'; row: ReservationRow }
  | { kind: 'others'; row: ReservationRow; flag: 'reservedForOther' }
  | { kind: 'stranger'; flag: 'unknownReservation' }

export async function reservationAt({ db, charger }: Recording, event: Started, idTag: string): Promise<Kept> {
  if (event.reservationId !== undefined) {
    const named = await findReservation(db, event.reservationId)
    if (named?.chargerId !== charger.id) return { kind: 'stranger', flag: 'unknownReservation' }
    return (await isFor(db, named, idTag)) ? { kind: 'used', row: named } : { kind: 'others', row: named, flag: 'reservedForOther' }
  }
  const here = (await openReservations(db, { chargerId: charger.id })).filter(
    (row) => (row.number === event.port || row.number === 0) && instant(row.createdAt) <= event.at && event.at < instant(row.expiresAt),
  )
  for (const row of here) if (await isFor(db, row, idTag)) return { kind: 'used', row }
  const kept = here.find(({ number, state }) => number === event.port && state === 'accepted')
  return kept ? { kind: 'others', row: kept, flag: 'reservedForOther' } : { kind: 'none' }
}

/** For this card, or for one of its group. */
async function isFor(db: Recording['db'], row: ReservationRow, idTag: string): Promise<boolean> {
  if (row.idTag === idTag) return true
  return row.parentIdTag !== null && (await findToken(db, idTag))?.parentIdTag === row.parentIdTag
}

/** Writes down what became of the reservation, in the transaction of the start. @returns the number of the one that was used. */
export async function useReservation(recording: Recording, kept: Kept, sessionId: number): Promise<number | undefined> {
  if (kept.kind === 'none' || kept.kind === 'stranger') return undefined
  const { row } = kept
  const used = kept.kind === 'used'
  const reason = used ? null : 'Another card began to charge there: the charger did not keep it.'
  // a start that was told late may have come before its end
  if (used || isOpen(row.state))
    await updateReservation(recording.db, row.id, {
      ...{ state: used ? 'used' : 'cancelled', reason, endedAt: new Date(recording.receivedAt) },
      ...(used && { sessionId }),
    })
  const data = { reservationId: row.id, port: row.number, idTag: row.idTag, sessionId }
  write(recording, used ? 'reservation.used' : 'reservation.cancelled', `charger:${recording.charger.id}`, data)
  return used ? row.id : undefined
}
