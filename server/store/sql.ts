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
