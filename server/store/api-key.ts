import type { Db } from './database.ts'

export const apiKeyByHash = (db: Db, keyHash: string) => db.apiKey.findUnique({ where: { keyHash } })

export const listApiKeys = (db: Db) => db.apiKey.findMany({ orderBy: { createdAt: 'desc' } })

export const insertApiKey = (
  db: Db,
  key: {
    id: string
    name: string
    keyHash: string
    prefix: string
    scopes: string[]
    depotId?: string
    createdBy: string
    createdAt: Date
  },
) => db.apiKey.create({ data: key })

/** False: there is no such key, or it was revoked before. */
export const revoke = async (db: Db, id: string, at: Date): Promise<boolean> =>
  (await db.apiKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: at } })).count === 1

/** Written at most once a minute: it is for people, not for counting. */
export const touchApiKey = (db: Db, id: string, at: Date, { address, secure }: { address: string; secure: boolean }) =>
  db.apiKey.updateMany({
    where: { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: new Date(at.getTime() - 60_000) } }] },
    data: { lastUsedAt: at, lastAddress: address.slice(0, 60), lastSecure: secure },
  })
