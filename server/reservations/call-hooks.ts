import { z } from 'zod'
import { OPEN_STATES } from '#lib/charging/reservation.ts'
import { sameTag } from '#lib/charging/verdict.ts'
import type { CallHooks, MadeCall } from '../charging/call-hooks.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { writeJournal } from '../store/journal.ts'
import { findReservation, insertReservation, moveReservation, raiseReservationIds, updateReservation } from '../store/reservation.ts'
import { INT4 } from '../store/session.ts'
import { findToken } from '../store/token.ts'
import { end, show } from './end-reservation.ts'

const reserveNow = z.object({
  connectorId: z.number().int().min(0),
  expiryDate: z.coerce.date(),
  idTag: z.string(),
  parentIdTag: z.string().optional(),
  reservationId: z.number().int().positive().max(INT4),
})

/** Books of reservations, where a person or another system spoke to the charger itself. */
export const reservationHooks: CallHooks = {
  ReserveNow: async (gateway, call) => {
    const read = reserveNow.safeParse(call.payload)
    if (read.success && TAKEN.has(call.answer.kind)) await keep(gateway, call, read.data)
  },
  CancelReservation: async (gateway, call) => {
    const row = await findReservation(gateway.db.prisma, Number(call.payload.reservationId))
    if (!row || row.chargerId !== call.charger.id) return
    if (call.answer.kind === 'accepted') await end(gateway, row, 'cancelled', null, call.actor)
    else if (call.answer.kind === 'refused') await end(gateway, row, 'cancelled', 'The charger did not know it any more.', call.actor)
    else if (TAKEN.has(call.answer.kind)) {
      await moveReservation(gateway.db.prisma, row.id, OPEN_STATES, {
        state: 'unknown',
        reason: 'The charger did not answer its cancelling.',
      })
      await show(gateway, row.chargerId)
    }
  },
}

/** A charger that did not answer may have taken it. */
const TAKEN: ReadonlySet<string> = new Set(['accepted', 'timeout', 'lost'])

/** The same number again takes the place of what it was; a number of another charger stays that one's. */
async function keep(gateway: Gateway, { charger, answer, actor }: MadeCall, asked: z.output<typeof reserveNow>): Promise<void> {
  const { depotId, id: chargerId } = charger
  const state = answer.kind === 'accepted' ? 'accepted' : 'unknown'
  await gateway.db.prisma.$transaction(async (db) => {
    const there = await findReservation(db, asked.reservationId)
    const data = { reservationId: asked.reservationId, port: asked.connectorId, idTag: sameTag(asked.idTag) }
    const kind = there && there.chargerId !== chargerId ? 'review.reservationNumber' : `reservation.${state}`
    await writeJournal(db, gateway.clock, { depotId, actor, kind, subject: `charger:${chargerId}`, data })
    if (there && there.chargerId !== chargerId) return
    const token = await findToken(db, sameTag(asked.idTag))
    const facts = {
      ...{ depotId, chargerId, number: asked.connectorId, idTag: sameTag(asked.idTag), expiresAt: asked.expiryDate, state },
      parentIdTag: asked.parentIdTag ? sameTag(asked.parentIdTag) : null,
      vehicleId: (token?.depotId === depotId && token.vehicleId) || null,
    }
    if (there) await updateReservation(db, there.id, { ...facts, reason: null, endedAt: null })
    else {
      await insertReservation(db, { ...facts, id: asked.reservationId, createdBy: actor, createdAt: new Date(gateway.clock.now()) })
      await raiseReservationIds(db)
    }
  })
  await show(gateway, chargerId)
}
