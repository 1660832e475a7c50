import type { Db } from './database.ts'

export const nodeOfDepot = (db: Db, depotId: string, id: string) => db.siteNode.findFirst({ where: { id, depotId }, select: { id: true } })

export type NewCharger = {
  id: string
  depotId: string
  nodeId: string
  identity: string
  name: string
  maxW: number
  keyHash: string
  registration: string
  groupName: string | null
  pinnedProtocol: string | null
  registeredSerial: string | null
  lenient: boolean
}
export type NewPort = {
  id: string
  number: number
  bay: string
  maxW: number
  minW: number
  phases: number
  volts: number
  wiring: string
}
export type ChargerRows = { charger: NewCharger; ports: NewPort[]; standard: string }

/** Chargers with their ports and one connector each; they knock no more. */
export async function insertChargers(db: Db, all: ChargerRows[], at: Date): Promise<void> {
  await db.charger.createMany({ data: all.map(({ charger }) => ({ ...charger, keyIssuedAt: at, createdAt: at })) })
  await db.port.createMany({ data: all.flatMap(({ charger, ports }) => ports.map((port) => ({ ...port, chargerId: charger.id }))) })
  await db.connector.createMany({
    data: all.flatMap(({ ports, standard }) => ports.map(({ id }) => ({ id: `${id}-1`, portId: id, number: 1, standard }))),
  })
  await db.knocking.deleteMany({ where: { identity: { in: all.map(({ charger }) => charger.identity) } } })
}

/** Who has these identities: chargers in service and retired ones. */
export const holdersOf = (db: Db, identities: string[]) =>
  db.charger.findMany({
    where: { identity: { in: identities } },
    select: { id: true, identity: true, depotId: true, name: true, retiredAt: true },
  })

/** Which of these are ids of chargers, in service or not: other systems name a charger by either (server/store/v1-charger.ts). */
export const idsAmong = async (db: Db, names: string[]): Promise<string[]> =>
  (await db.charger.findMany({ where: { id: { in: names } }, select: { id: true } })).map(({ id }) => id)

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
