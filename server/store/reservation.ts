import { OPEN_STATES } from '#lib/charging/reservation.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Db } from './database.ts'

const OPEN = { in: [...OPEN_STATES] as string[] }

export type ReservationFacts = {
  chargerId: string
  depotId: string
  number: number
  idTag: string
  parentIdTag: string | null
  vehicleId: string | null
  expiresAt: Date
}

export const insertReservation = (db: Db, row: ReservationFacts & { state: string; createdBy: string; createdAt: Date; id?: number }) =>
  db.reservation.create({ data: row })

export const findReservation = (db: Db, id: number) => db.reservation.findUnique({ where: { id } })
export type ReservationRow = NonNullable<Awaited<ReturnType<typeof findReservation>>>

export const openReservations = (db: Db, where: { chargerId: string | { in: string[] } } | { depotId: string }) =>
  db.reservation.findMany({ where: { ...where, state: OPEN }, orderBy: { id: 'asc' } })

export const updateReservation = (
  db: Db,
  id: number,
  data: Partial<ReservationFacts> & { state?: string; reason?: string | null; sessionId?: number; endedAt?: Date | null },
) => db.reservation.update({ where: { id }, data })

/** Moves on only what is still in one of these states: whoever was first wins. @returns whether it did. */
export async function moveReservation(
  db: Db,
  id: number,
  from: readonly string[],
  data: { state: string; reason?: string | null; endedAt?: Date | null },
): Promise<boolean> {
  const { count } = await db.reservation.updateMany({ where: { id, state: { in: [...from] } }, data })
  return count > 0
}

/** After a number that another system chose, ours go on above it. */
export const raiseReservationIds = (db: Db) =>
  db.$executeRaw`SELECT setval(pg_get_serial_sequence('reservation', 'id'), greatest((SELECT max(id) FROM reservation), 1))`

/** Open ones, and those of a time, the newest first, with the names that a person reads. */
export async function reservationRows(db: Db, depotId: string, chargerId: string | undefined, since: Instant) {
  const rows = await db.reservation.findMany({
    where: { depotId, ...(chargerId && { chargerId }), OR: [{ state: OPEN }, { createdAt: { gte: new Date(since) } }] },
    orderBy: { id: 'desc' },
    take: 200,
    include: { charger: { select: { name: true, ports: { select: { number: true, bay: true } } } } },
  })
  const vehicles = await db.vehicle.findMany({
    where: { id: { in: rows.flatMap(({ vehicleId }) => vehicleId ?? []) } },
    select: { id: true, name: true },
  })
  return rows.map((row) => ({ ...row, vehicle: vehicles.find(({ id }) => id === row.vehicleId)?.name ?? null }))
}

/** Has this port said since a moment that it is reserved? */
export const saidReserved = async (db: Db, portId: string, since: Date): Promise<boolean> =>
  (await db.journal.count({
    where: { subject: `port:${portId}`, kind: 'port.status', at: { gte: since }, data: { path: ['status'], equals: 'reserved' } },
  })) > 0

/** The card that a vehicle shows at a charger: the first that may charge; undefined: it has none. */
export async function cardOfVehicle(db: Db, depotId: string, vehicleId: string, now: Instant) {
  return (
    (await db.token.findFirst({
      where: {
        depotId,
        vehicleId,
        kind: { not: 'central' },
        status: 'accepted',
        OR: [{ expiresAt: null }, { expiresAt: { gt: new Date(now) } }],
      },
      orderBy: { idTag: 'asc' },
      select: { idTag: true, parentIdTag: true },
    })) ?? undefined
  )
}
