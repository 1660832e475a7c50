import type { Db } from './database.ts'
import type { Prisma } from './generated/client.ts'

/** A setting's value as JSON; null when it was never written. */
export const readSetting = async (db: Db, key: string): Promise<unknown> => (await db.setting.findUnique({ where: { key } }))?.value ?? null

export const writeSetting = async (db: Db, key: string, value: Prisma.InputJsonValue): Promise<void> => {
  await db.setting.upsert({ where: { key }, create: { key, value }, update: { value } })
}
