import type { Db } from './database.ts'
import type { Prisma } from './generated/client.ts'

export type Remembered = { requestDigest: string; status: number; response: unknown; at: Date }
type Who = { apiKeyId: string; key: string }

/** True: this request is the first with its key. */
export const claim = async (db: Db, who: Who, requestDigest: string, at: Date): Promise<boolean> =>
  (await db.idempotency.createMany({ data: [{ ...who, requestDigest, status: 0, response: {}, at }], skipDuplicates: true })).count === 1

export const remembered = (db: Db, who: Who): Promise<Remembered | null> => db.idempotency.findUnique({ where: { apiKeyId_key: who } })

/** True: the claim of a request that died half-way is ours now. */
export const takeOver = async (db: Db, who: Who, was: Date, at: Date): Promise<boolean> =>
  (await db.idempotency.updateMany({ where: { ...who, status: 0, at: was }, data: { at } })).count === 1

export const remember = (db: Db, who: Who, status: number, response: unknown) =>
  db.idempotency.update({ where: { apiKeyId_key: who }, data: { status, response: response as Prisma.InputJsonValue } })

export const forget = (db: Db, who: Who) => db.idempotency.deleteMany({ where: { ...who, status: 0 } })

/** Keys are kept for a day at least. */
export const forgetOlderThan = (db: Db, at: Date) => db.idempotency.deleteMany({ where: { at: { lt: at } } })
