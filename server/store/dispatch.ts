import type { Db } from './database.ts'
import { refusedStart } from './refused-start.ts'

// What the dispatch API looks up before it asks the gateway.

/** Null: there is no such command. */
export const depotOfCommand = async (db: Db, id: string): Promise<string | null> =>
  (await db.command.findUnique({ where: { id }, select: { depotId: true } }))?.depotId ?? null

export const vehicleById = (db: Db, id: string) =>
  db.vehicle.findUnique({ where: { id }, select: { id: true, depotId: true, name: true, homePortId: true } })

export async function portById(db: Db, id: string): Promise<{ id: string; depotId: string; chargerId: string; number: number } | null> {
  const port = await db.port.findUnique({
    where: { id },
    select: { id: true, number: true, chargerId: true, charger: { select: { depotId: true, retiredAt: true } } },
  })
  if (!port || port.charger.retiredAt) return null
  return { id: port.id, number: port.number, chargerId: port.chargerId, depotId: port.charger.depotId }
}

/** The port at which a vehicle stands: of its open session (of several, where it may charge), else where it is at home. */
export async function portOfVehicle(db: Db, vehicleId: string): Promise<string | null> {
  const [session] = await db.$queryRawUnsafe<{ portId: string }[]>(STANDS, vehicleId)
  return session?.portId ?? (await vehicleById(db, vehicleId))?.homePortId ?? null
}

// as planning sees it: server/planning/vehicles-at.ts
const STANDS = `
  SELECT s.port_id AS "portId" FROM session s JOIN port p ON p.id = s.port_id JOIN charger c ON c.id = p.charger_id
  WHERE s.vehicle_id = $1 AND s.stopped_at IS NULL AND c.registration = 'accepted' AND c.retired_at IS NULL
  ORDER BY ${refusedStart('s')}, p.status IN ('plugged', 'charging', 'pausedByCharger', 'pausedByVehicle', 'finishing') DESC, s.started_at DESC, s.id DESC LIMIT 1`

/** Those of these vehicles that exist, with what a duty of theirs is reckoned by. */
export const vehiclesById = (db: Db, ids: string[]) =>
  db.vehicle.findMany({
    where: { id: { in: ids } },
    select: { id: true, depotId: true, name: true, whPerKm: true, depot: { select: { zone: true } } },
  })
