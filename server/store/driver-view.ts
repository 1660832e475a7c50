import type { Database } from './database.ts'

/** Vehicles that a driver's cards belong to, by name. */
export async function vehiclesOfDriver({ pool }: Database, driverId: string): Promise<{ id: string; name: string; depotId: string }[]> {
  const { rows } = await pool.query<{ id: string; name: string; depotId: string }>(
    `SELECT v.id, v.name, v.depot_id AS "depotId" FROM vehicle v WHERE v.id IN (
       SELECT vehicle_id FROM token WHERE driver_id = $1 AND vehicle_id IS NOT NULL AND status = 'accepted'
     ) ORDER BY v.name`,
    [driverId],
  )
  return rows
}

/** Vehicles of some depots, for people who work with all of them. */
export const vehiclesOfDepots = ({ prisma }: Database, depotIds: string[] | 'all') =>
  prisma.vehicle.findMany({
    where: depotIds === 'all' ? {} : { depotId: { in: depotIds } },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    select: { id: true, name: true, depotId: true },
    take: 500,
  })
