import type { Instant } from '#lib/time/instant.ts'
import type { Db } from './database.ts'

/** Chargers that were connected once and lost their connection after `since`. */
export const chargersOffline = (db: Db, depotId: string, since: Instant): Promise<number> =>
  db.charger.count({ where: { depotId, retiredAt: null, connectedAt: null, disconnectedAt: { gte: new Date(since) } } })

/** Duties that departed in a period, by what was seen then. */
export async function departuresBetween(db: Db, depotId: string, from: Instant, until: Instant): Promise<{ all: number; ready: number }> {
  const where = { vehicle: { depotId }, departsAt: { gte: new Date(from), lt: new Date(until) }, outcome: { not: null } }
  const [all, ready] = await Promise.all([db.duty.count({ where }), db.duty.count({ where: { ...where, outcome: 'ready' } })])
  return { all, ready }
}

/** Commands of a depot by their receipt (real time), oldest first. */
export const commandsBetween = (db: Db, depotId: string, from: Instant, until: Instant) =>
  db.command.findMany({ where: { depotId, t1: { gte: new Date(from), lt: new Date(until) } }, orderBy: [{ t1: 'asc' }, { id: 'asc' }] })

/** Names of what records are about. */
export async function subjects(db: Db, depotId: string): Promise<Map<string, string>> {
  const [ports, vehicles] = await Promise.all([
    db.port.findMany({ where: { charger: { depotId } }, select: { id: true, number: true, charger: { select: { name: true } } } }),
    db.vehicle.findMany({ where: { depotId }, select: { id: true, name: true } }),
  ])
  return new Map([
    ...ports.map(({ id, number, charger }) => [id, number === 1 ? charger.name : `${charger.name}, port ${number}`] as const),
    ...vehicles.map(({ id, name }) => [id, name] as const),
  ])
}
