import { randomUUID } from 'node:crypto'
import type { Db } from './database.ts'

/** What a person sets of a node. `limitW`: the contract. */
export type NodeRatingRow = {
  name: string
  breakerMa: number | null
  limitW: number | null
  limitIncludesContinuous: boolean
  phaseLimitMa: number | null
}

export const siteNode = (db: Db, depotId: string, id: string) => db.siteNode.findFirst({ where: { id, depotId } })

/** Depots with their trees, by name. */
export const depotTrees = (db: Db, depots: 'all' | string[]) =>
  db.depot.findMany({
    where: depots === 'all' ? {} : { id: { in: depots } },
    include: { nodes: { orderBy: { id: 'asc' } } },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  })

export async function insertNode(
  db: Db,
  depotId: string,
  node: NodeRatingRow & { parentId: string; kind: string; volts: number; wiring: string; phases: number },
): Promise<string> {
  const id = randomUUID()
  await db.siteNode.create({ data: { id, depotId, ...node } })
  return id
}

export const updateNode = (db: Db, id: string, rating: NodeRatingRow) => db.siteNode.update({ where: { id }, data: rating })
