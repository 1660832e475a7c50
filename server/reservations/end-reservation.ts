import { OPEN_STATES } from '#lib/charging/reservation.ts'
import { days, type Instant } from '#lib/time/instant.ts'
import type { Ctx } from '../runtime.ts'
import { findChargerSite } from '../store/charger-site.ts'
import { writeJournal } from '../store/journal.ts'
import { moveReservation, type ReservationRow } from '../store/reservation.ts'

export type ReserveCtx = Pick<Ctx, 'db' | 'clock' | 'links' | 'wakes' | 'log' | 'feed'>

/** How an open reservation ended, once. */
export async function end(
  ctx: Pick<ReserveCtx, 'db' | 'clock' | 'wakes' | 'feed'>,
  row: Pick<ReservationRow, 'id' | 'depotId' | 'chargerId' | 'idTag' | 'number'>,
  state: 'expired' | 'cancelled' | 'refused',
  reason: string | null,
  actor = 'system',
): Promise<void> {
  const moved = await ctx.db.prisma.$transaction(async (db) => {
    const moved = await moveReservation(db, row.id, OPEN_STATES, { state, reason, endedAt: new Date(ctx.clock.now()) })
    const data = { reservationId: row.id, port: row.number, idTag: row.idTag, ...(reason !== null && { reason }) }
    const subject = `charger:${row.chargerId}`
    if (moved) await writeJournal(db, ctx.clock, { depotId: row.depotId, actor, kind: `reservation.${state}`, subject, data })
    return moved
  })
  if (moved) await show(ctx, row.chargerId)
}

/** Viewers see the charger's ports anew. */
export async function show(ctx: Pick<ReserveCtx, 'db' | 'wakes' | 'feed'>, chargerId: string): Promise<void> {
  const site = await findChargerSite(ctx.db.prisma, chargerId)
  for (const portId of site?.portIds ?? []) ctx.wakes.touched(portId)
  if (site) ctx.feed.publish({ kind: 'changed', depotId: site.depotId, what: 'chargers', id: chargerId })
}

/** The span in which a port can be kept. */
const LONGEST_MS = days(7)
export const isSoon = (until: Instant, now: Instant): boolean => until > now && until - now <= LONGEST_MS
