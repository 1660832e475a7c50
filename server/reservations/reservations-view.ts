import type { ReservationRow, ReservationState } from '#lib/api/reservation.ts'
import { isOpen, reservationWords } from '#lib/charging/reservation.ts'
import { days, instant, plus } from '#lib/time/instant.ts'
import type { Ctx } from '#server/runtime.ts'
import { reservationRows } from '#server/store/reservation.ts'
import { theDepot } from '../live/views.ts'

/** Reservations that hold a port and those of the last day, of a depot or of one charger. @throws Problem not-found */
export async function reservationsView(ctx: Pick<Ctx, 'db' | 'clock'>, depotId: string, chargerId?: string): Promise<ReservationRow[]> {
  const { zone } = await theDepot(ctx, depotId)
  const now = ctx.clock.now()
  const rows = await reservationRows(ctx.db.prisma, depotId, chargerId, plus(now, -days(1)))
  return rows.map((row) => {
    const bay = row.charger.ports.find(({ number }) => number === row.number)?.bay ?? null
    const expiresAt = instant(row.expiresAt)
    const facts = { state: row.state, reason: row.reason, expiresAt, whom: row.vehicle ?? row.idTag, bay }
    return {
      id: row.id,
      chargerId: row.chargerId,
      charger: row.charger.name,
      port: row.number,
      bay,
      idTag: row.idTag,
      vehicle: row.vehicle,
      expiresAt,
      state: row.state as ReservationState,
      words: reservationWords(facts, now, zone),
      sessionId: row.sessionId,
      createdAt: instant(row.createdAt),
      open: isOpen(row.state),
    }
  })
}
