import type { Db } from './database.ts'

export type FirstRun = { codeHash: string; triesLeft: number }
const KEY = 'firstRun'

export const firstRunCode = async (db: Db): Promise<FirstRun | null> =>
  ((await db.setting.findUnique({ where: { key: KEY } }))?.value as FirstRun | undefined) ?? null

/** The same, and nobody else until the end of this transaction. */
export async function lockFirstRun(db: Db): Promise<FirstRun | null> {
  const rows = await db.$queryRaw<{ value: FirstRun }[]>`SELECT value FROM setting WHERE key = ${KEY} FOR UPDATE`
  return rows[0]?.value ?? null
}

export const keepFirstRun = (db: Db, value: FirstRun) =>
  db.setting.upsert({ where: { key: KEY }, create: { key: KEY, value }, update: { value } })

export const forgetFirstRun = (db: Db) => db.setting.deleteMany({ where: { key: KEY } })
