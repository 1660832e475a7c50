import type { PoolClient } from 'pg'
import type { Database, Db } from './database.ts'
import { isDatabaseAway } from './unavailable.ts'

/** Raw SQL on the connection that a caller holds. Whole numbers of 8 bytes come as text or bigint: `Number` reads both. */
export type Sql = <Row extends object>(statement: Statement) => Promise<Row[]>
export type Statement = { name: string; text: string; values: unknown[] }

/** In a transaction of Prisma, or on its client. */
export const onPrisma =
  (db: Db): Sql =>
  <Row extends object>({ text, values }: Statement) =>
    db.$queryRawUnsafe<Row[]>(text, ...values)

/** On a connection of the pool, prepared. */
export const onClient =
  (client: PoolClient): Sql =>
  async <Row extends object>(statement: Statement) =>
    (await client.query<Row>(statement)).rows

/** What a transaction came to, and its last statements where they are on their way: their failure undoes it like any other's. */
export type Ending<Result> = { result: Result; last?: Promise<unknown> | undefined }

/**
 * Statements of one transaction, sent without waiting for each other: what `work` asks in one go is carried out in that order while we do
 * something else, and COMMIT follows `last` at once. All of `last` must have been asked for when `work` resolves.
 */
export async function inPipeline<Result>(
  { pipelined }: Pick<Database, 'pipelined'>,
  begin: string,
  work: (sql: Sql) => Promise<Ending<Result>>,
): Promise<Result> {
  const client = await pipelined.connect()
  try {
    const begun = client.query(begin)
    const { result, last } = await work(async <Row extends object>(statement: Statement) => {
      const [{ rows }] = await Promise.all([client.query<Row>(statement), begun])
      return rows
    })
    // a statement that failed makes a ROLLBACK of it
    await Promise.all([last, client.query('COMMIT')])
    client.release()
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    client.release(isDatabaseAway(error))
    throw error
  }
}

/** Statements of one transaction, on a connection of the pool. `begin` may set what holds for it. */
export async function inTransaction<Result>(
  { pool }: Pick<Database, 'pool'>,
  work: (sql: Sql, client: PoolClient) => Promise<Result>,
  begin = 'BEGIN',
): Promise<Result> {
  const client = await pool.connect()
  try {
    await client.query(begin)
    const result = await work(onClient(client), client)
    await client.query('COMMIT')
    client.release()
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    client.release(isDatabaseAway(error))
    throw error
  }
}
