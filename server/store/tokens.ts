import type { Db } from './database.ts'

// Tokens as people and other systems keep them. Those that we made ourselves (`central`) are nobody's to see or change.

const PEOPLES = { kind: { not: 'central' } }
const WITH = { vehicle: { select: { id: true, name: true } }, driver: { select: { name: true } } } as const

export type TokenFacts = {
  kind: string
  status: string
  expiresAt: Date | null
  groupName: string | null
  parentIdTag: string | null
  vehicleId: string | null
  driverId: string | null
  costCentre: string | null
}

const matching = (depotId: string, search: string | undefined) => {
  const contains = { contains: search ?? '', mode: 'insensitive' as const }
  return {
    depotId,
    ...PEOPLES,
    ...(search && {
      OR: [
        { idTag: contains },
        { groupName: contains },
        { costCentre: contains },
        { vehicle: { name: contains } },
        { driver: { name: contains } },
      ],
    }),
  }
}

/** Tokens of a depot by idTag, after one. */
export async function tokensPage(db: Db, depotId: string, { search, after, take }: { search?: string; after?: string; take: number }) {
  const where = matching(depotId, search)
  const [rows, total] = await Promise.all([
    db.token.findMany({
      where: { AND: [where, ...(after === undefined ? [] : [{ idTag: { gt: after } }])] },
      orderBy: { idTag: 'asc' },
      take,
      include: WITH,
    }),
    db.token.count({ where }),
  ])
  return {
    rows,
    total,
    used: await lastUsed(
      db,
      rows.map(({ id }) => id),
    ),
  }
}
export type StoredToken = Awaited<ReturnType<typeof tokensPage>>['rows'][number]

/** When each of these began its last session. */
export async function lastUsed(db: Db, ids: string[]): Promise<Map<string, Date>> {
  const rows = await db.session.groupBy({ by: ['tokenId'], where: { tokenId: { in: ids } }, _max: { startedAt: true } })
  return new Map(rows.flatMap(({ tokenId, _max }) => (tokenId && _max.startedAt ? [[tokenId, _max.startedAt] as const] : [])))
}

export const tokenById = (db: Db, depotId: string, id: string) => db.token.findFirst({ where: { id, depotId, ...PEOPLES }, include: WITH })

/** By its idTag in upper case, in whatever depot; our own too. */
export const tokenByTag = (db: Db, idTag: string) => db.token.findUnique({ where: { idTag }, include: WITH })

export const insertToken = (db: Db, row: TokenFacts & { id: string; depotId: string; idTag: string }) => db.token.create({ data: row })

export const updateToken = (db: Db, id: string, facts: TokenFacts) => db.token.update({ where: { id }, data: facts })

export const deleteTokenRow = (db: Db, id: string) => db.token.delete({ where: { id } })

/** The parent id tag that a group of a depot has, of another token than this one. */
export async function parentOfGroup(db: Db, depotId: string, groupName: string, exceptId: string | undefined): Promise<string | undefined> {
  const found = await db.token.findFirst({
    where: {
      depotId,
      groupName: { equals: groupName, mode: 'insensitive' },
      parentIdTag: { not: null },
      ...(exceptId !== undefined && { id: { not: exceptId } }),
    },
    select: { parentIdTag: true },
  })
  return found?.parentIdTag ?? undefined
}

/** The group that has this parent id tag, of another token than this one. */
export async function groupOfParent(
  db: Db,
  depotId: string,
  parentIdTag: string,
  exceptId: string | undefined,
): Promise<string | undefined> {
  const found = await db.token.findFirst({
    where: { depotId, parentIdTag, groupName: { not: null }, ...(exceptId !== undefined && { id: { not: exceptId } }) },
    select: { groupName: true },
  })
  return found?.groupName ?? undefined
}

/** Sessions and reservations that name a token: it is part of the books. */
export async function usesOfToken(db: Db, id: string, idTag: string): Promise<number> {
  const [sessions, reservations] = await Promise.all([
    db.session.count({ where: { OR: [{ tokenId: id }, { idTag }] } }),
    db.reservation.count({ where: { idTag } }),
  ])
  return sessions + reservations
}

/** Do these two belong to one group (1.6 §7.27 parentIdTag), or does the depot itself hold the second? */
export async function mayStopFor(db: Db, startedBy: string, stoppedBy: string): Promise<boolean> {
  const rows = await db.token.findMany({
    where: { idTag: { in: [startedBy, stoppedBy] } },
    select: { idTag: true, parentIdTag: true, kind: true, depotId: true },
  })
  const [first, second] = [startedBy, stoppedBy].map((idTag) => rows.find((row) => row.idTag === idTag))
  if (second?.kind === 'central') return true
  return first?.parentIdTag != null && first.parentIdTag === second?.parentIdTag && first.depotId === second.depotId
}
