import type { Db } from './database.ts'

export const sessionVehicles = (db: Db, depotId: string) => db.vehicle.findMany({ where: { depotId }, select: { id: true, name: true } })
export const sessionChargers = (db: Db, depotId: string) => db.charger.findMany({ where: { depotId }, select: { id: true, name: true } })
