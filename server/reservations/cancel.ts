import { notFound, problem } from '#lib/api/problem.ts'
import type { Reserved } from '#lib/api/reservation.ts'
import { isOpen, OPEN_STATES } from '#lib/charging/reservation.ts'
import { writeJournal } from '../store/journal.ts'
import { findReservation, moveReservation, type ReservationRow } from '../store/reservation.ts'
import { end, type ReserveCtx, show } from './end-reservation.ts'

export type CancelInput = { depotId: string; actor: string; id: number }

/** Ends a reservation before its time (CancelReservation, 1.6 §5.1). A charger that is away is told when it is back. @throws Problem */
export async function cancel(ctx: ReserveCtx, { depotId, actor, id }: CancelInput): Promise<Reserved> {
  const row = await findReservation(ctx.db.prisma, id)
  if (!row || row.depotId !== depotId) throw notFound('reservation', id)
  if (!isOpen(row.state)) throw problem('conflict', 'This reservation is over already.')
  return sendCancel(ctx, row, actor)
}

/** Tells the charger; until it has answered it may keep the port. */
export async function sendCancel(ctx: ReserveCtx, row: ReservationRow, actor: string): Promise<Reserved> {
  const is = (outcome: Reserved['outcome'], detail: string): Reserved => ({ id: row.id, outcome, detail })
  const call = { kind: 'message', action: 'CancelReservation', payload: { reservationId: row.id } } as const
  const answer = await ctx.links.call(row.chargerId, call, { priority: 'limit' })
  if (answer.kind === 'accepted') {
    await end(ctx, row, 'cancelled', actor === 'system' ? 'Cancelled: the charger had not answered.' : null, actor)
    return is('accepted', 'The charger keeps it no longer.')
  }
  if (answer.kind === 'refused') {
    // 1.6 §6.2: Rejected says that it knows no reservation of this number
    await end(ctx, row, 'cancelled', 'The charger did not know it any more.', actor)
    return is('accepted', 'The charger did not know it any more.')
  }
  const away = answer.kind === 'offline' || answer.kind === 'superseded'
  const detail = `The charger ${away ? 'was not reached' : 'did not answer'}: it is cancelled when it answers again.`
  if (row.state !== 'unknown') {
    await ctx.db.prisma.$transaction(async (db) => {
      if (!(await moveReservation(db, row.id, OPEN_STATES, { state: 'unknown', reason: `Cancelled from here. ${detail}` }))) return
      const data = { reservationId: row.id, port: row.number, idTag: row.idTag }
      const subject = `charger:${row.chargerId}`
      await writeJournal(db, ctx.clock, { depotId: row.depotId, actor, kind: 'reservation.unknown', subject, data })
    })
    await show(ctx, row.chargerId)
  }
  return is(away ? 'offline' : 'timeout', detail)
}
