import type { Db } from './database.ts'

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

/** Those of these vehicles that exist, with what a duty of theirs is reckoned by. */
export const vehiclesById = (db: Db, ids: string[]) =>
  db.vehicle.findMany({
    where: { id: { in: ids } },
    select: { id: true, depotId: true, name: true, whPerKm: true, depot: { select: { zone: true } } },
  })
