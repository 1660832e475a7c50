import type { Instant } from '#lib/time/instant.ts'
import type { Database, Db } from './database.ts'

/** Chargers that were connected once and lost their connection after `since`. */
export const chargersOffline = (db: Db, depotId: string, since: Instant): Promise<number> =>
  db.charger.count({ where: { depotId, retiredAt: null, connectedAt: null, disconnectedAt: { gte: new Date(since) } } })

/** Duties that departed in a period, by what was seen then. */
export async function departuresBetween(db: Db, depotId: string, from: Instant, until: Instant): Promise<{ all: number; ready: number }> {
  const [row] = await db.$queryRaw<{ all: number; ready: number }[]>`
    SELECT count(*)::int AS all, count(*) FILTER (WHERE d.outcome = 'ready')::int AS ready FROM duty d JOIN vehicle v ON v.id = d.vehicle_id
    WHERE v.depot_id = ${depotId} AND d.departs_at >= ${new Date(from)} AND d.departs_at < ${new Date(until)} AND d.outcome IS NOT NULL`
  return row!
}

export type CommandFigures = {
  id: string
  kind: string
  vehicleId: string | null
  portId: string | null
  chargerId: string | null
  source: string
  state: string
  detail: string | null
  t0FromSource: boolean
  t0: Date
  t1: Date
  t2: Date | null
  t3: Date | null
  t4: Date | null
  t5: Date | null
  t6: Date | null
}

/** Commands of a depot by their receipt (real time), oldest first. A month has thousands: they come past Prisma, which takes ten times as long. */
export const commandsBetween = async ({ pool }: Database, depotId: string, from: Instant, until: Instant): Promise<CommandFigures[]> =>
  (
    await pool.query<CommandFigures>(
      `SELECT id, kind, vehicle_id AS "vehicleId", port_id AS "portId", charger_id AS "chargerId", source, state, detail, t0_from_source AS "t0FromSource",
         t0, t1, t2, t3, t4, t5, t6
       FROM command WHERE depot_id = $1 AND t1 >= $2 AND t1 < $3 ORDER BY t1, id`,
      [depotId, new Date(from), new Date(until)],
    )
  ).rows

/** Names of what records are about. */
export async function subjects(db: Db, depotId: string): Promise<Map<string, string>> {
  const [ports, vehicles] = await Promise.all([
    db.port.findMany({
      where: { charger: { depotId } },
      select: { id: true, number: true, charger: { select: { id: true, name: true } } },
    }),
    db.vehicle.findMany({ where: { depotId }, select: { id: true, name: true } }),
  ])
  return new Map([
    ...ports.map(({ charger }) => [charger.id, charger.name] as const),
    ...ports.map(({ id, number, charger }) => [id, number === 1 ? charger.name : `${charger.name}, port ${number}`] as const),
    ...vehicles.map(({ id, name }) => [id, name] as const),
  ])
}
