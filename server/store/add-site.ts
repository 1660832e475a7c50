import type { Db } from './database.ts'

export const nodeOfDepot = (db: Db, depotId: string, id: string) => db.siteNode.findFirst({ where: { id, depotId }, select: { id: true } })

export const chargerTaken = async (db: Db, identity: string): Promise<boolean> =>
  (await db.charger.findUnique({ where: { identity }, select: { id: true } })) !== null

type NewCharger = { id: string; depotId: string; nodeId: string; identity: string; name: string; maxW: number; keyHash: string; at: Date }
type NewPort = { id: string; number: number; bay: string; maxW: number; minW: number; phases: number; volts: number; wiring: string }

/** A charger with its ports and one connector each; it knocks no more. */
export async function insertCharger(db: Db, { charger, ports }: { charger: NewCharger; ports: NewPort[] }): Promise<void> {
  const { at, ...row } = charger
  await db.charger.create({ data: { ...row, keyIssuedAt: at, createdAt: at } })
  await db.port.createMany({ data: ports.map((port) => ({ ...port, chargerId: charger.id })) })
  await db.connector.createMany({ data: ports.map(({ id }) => ({ id: `${id}-1`, portId: id, number: 1, standard: 'unknown' })) })
  await db.knocking.deleteMany({ where: { identity: charger.identity } })
}

type NewDepot = {
  id: string
  name: string
  zone: string
  currency: string
  at: Date
  node: { id: string; limitW: number; volts: number; wiring: string; phases: number }
}

export async function insertDepot(db: Db, { id, name, zone, currency, at, node }: NewDepot): Promise<void> {
  await db.depot.create({ data: { id, name, zone, currency, createdAt: at } })
  await db.siteNode.create({ data: { ...node, depotId: id, kind: 'service', name: 'Service connection' } })
}
