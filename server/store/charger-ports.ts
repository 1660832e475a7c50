import type { Instant } from '#lib/time/instant.ts'
import type { Db } from './database.ts'
import { SHELF } from './provisioning.ts'
import { OPEN_OR_ENDED } from './session.ts'

export type PortFacts = {
  number: number
  bay: string
  maxW: number
  minW: number
  phases: number
  volts: number
  wiring: string
  lines?: string | null
}

export async function insertPort(db: Db, chargerId: string, id: string, port: PortFacts): Promise<void> {
  await db.port.create({ data: { ...port, id, chargerId } })
}

/** Ports of chargers in service with their charger's name. */
export const bayHolders = (db: Db, depotId: string) =>
  db.port.findMany({
    where: { charger: { depotId, retiredAt: null } },
    select: { bay: true, charger: { select: { name: true } } },
    orderBy: { id: 'asc' },
  })

/** `doubt`: its electrics changed, so what it keeps is not what we thought; its nameplate counts until its fallback is accepted anew. */
export const updatePort = (db: Db, id: string, port: PortFacts, doubt: boolean) =>
  db.port.update({ where: { id }, data: { ...port, ...(doubt && { fallbackConfirmedAt: null }) } })

/** It gives less from now on; what it keeps meant the same conductors, and is no more in doubt than before. */
export const lowerPort = (db: Db, id: string, maxW: number) => db.port.update({ where: { id }, data: { maxW } })

/** Numbers may be exchanged between ports, which are unique at every moment. */
export const freeNumbers = (db: Db, chargerId: string) => db.$executeRaw`UPDATE port SET number = -number WHERE charger_id = ${chargerId}`

export async function replaceConnectors(db: Db, portId: string, connectors: { number: number; standard: string }[]): Promise<void> {
  await db.connector.deleteMany({ where: { portId } })
  await db.connector.createMany({ data: connectors.map((each) => ({ ...each, id: `${portId}-${each.number}`, portId })) })
}

/** Takes a port from its charger. One with books goes on a shelf, which is a retired charger; one without is deleted. */
export async function removePort(
  db: Db,
  charger: { id: string; depotId: string; nodeId: string; name: string; maxW: number },
  portId: string,
  now: Instant,
) {
  await db.vehicle.updateMany({ where: { homePortId: portId }, data: { homePortId: null } })
  const [sessions, limits] = await Promise.all([
    db.session.count({ where: { portId, ...OPEN_OR_ENDED } }),
    db.limitSent.count({ where: { portId } }),
  ])
  if (sessions === 0 && limits === 0) {
    await db.port.delete({ where: { id: portId } })
    return
  }
  const identity = `${SHELF}${charger.id}`
  const shelf = await db.charger.upsert({
    where: { identity },
    create: {
      id: `shelf-${charger.id}`,
      depotId: charger.depotId,
      nodeId: charger.nodeId,
      identity,
      name: `${charger.name} (removed ports)`,
      maxW: charger.maxW,
      createdAt: new Date(now),
      retiredAt: new Date(now),
    },
    update: {},
  })
  const last = await db.port.aggregate({ where: { chargerId: shelf.id }, _max: { number: true } })
  await db.limitWanted.deleteMany({ where: { portId } })
  await db.port.update({
    where: { id: portId },
    data: { chargerId: shelf.id, number: (last._max.number ?? 0) + 1, powerW: null, status: 'unknown' },
  })
}
