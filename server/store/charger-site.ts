import type { Db } from './database.ts'

// Where a charger, port or node is.

/** The depot of each of these ports; ports that are gone are left out. */
export async function depotsOfPorts(db: Db, portIds: string[]): Promise<Map<string, string>> {
  const rows = await db.port.findMany({ where: { id: { in: portIds } }, select: { id: true, charger: { select: { depotId: true } } } })
  return new Map(rows.map(({ id, charger }) => [id, charger.depotId]))
}

export type ChargerSite = { depotId: string; portIds: string[] }

/** Where these chargers are, and their ports; those that are not there are left out. */
export async function findChargerSites(db: Db, chargerIds: string[]): Promise<Map<string, ChargerSite>> {
  const rows = await db.$queryRaw<{ id: string; depotId: string; portIds: string[] }[]>`
    SELECT c.id, c.depot_id AS "depotId", ARRAY(SELECT p.id FROM port p WHERE p.charger_id = c.id ORDER BY p.number) AS "portIds"
    FROM charger c WHERE c.id = ANY(${chargerIds}::text[])`
  return new Map(rows.map(({ id, ...site }) => [id, site]))
}

export const findChargerSite = async (db: Db, chargerId: string): Promise<ChargerSite | undefined> =>
  (await findChargerSites(db, [chargerId])).get(chargerId)

/** The depot of a node of the tree; undefined: there is no such node. */
export const depotOfNode = async (db: Db, nodeId: string): Promise<string | undefined> =>
  (await db.siteNode.findUnique({ where: { id: nodeId }, select: { depotId: true } }))?.depotId

/** Any charger in service: who wakes a depot through one. */
export const anyCharger = async (db: Db, depotId: string): Promise<string | undefined> =>
  (await db.charger.findFirst({ where: { depotId, retiredAt: null }, select: { id: true } }))?.id
