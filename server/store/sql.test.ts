import { afterAll, beforeAll, expect, test } from 'vitest'
import { bareDatabase } from '../tools/test-store.ts'
import { openDatabase } from './database.ts'
import { inPipeline, type Sql } from './sql.ts'

const db = openDatabase((await bareDatabase()).url, 4)
beforeAll(() => db.pool.query('CREATE TABLE van (id int PRIMARY KEY)'))
afterAll(() => db.close())

const ask = (sql: Sql, text: string, ...values: unknown[]) => sql<{ n: number }>({ name: text, text, values })
const park = (sql: Sql, id: number) => ask(sql, 'INSERT INTO van VALUES ($1) RETURNING id AS n', id)
const parked = async () => (await db.pool.query<{ id: number }>('SELECT id FROM van ORDER BY id')).rows.map(({ id }) => id)

test('what is asked in one go is carried out in its order, and committed with what is on its way', async () => {
  const seen = await inPipeline(db, 'BEGIN', async (sql) => {
    const [, before] = await Promise.all([park(sql, 1), ask(sql, 'SELECT count(*)::int AS n FROM van')])
    return { result: before[0]!.n, last: Promise.all([park(sql, 2), park(sql, 3)]) }
  })
  expect([seen, await parked()]).toEqual([1, [1, 2, 3]])
})

test('a last statement that fails undoes all, and the next transaction of that connection is whole', async () => {
  const twice = inPipeline(db, 'BEGIN', async (sql) => ({ result: await park(sql, 4), last: Promise.all([park(sql, 4), park(sql, 5)]) }))
  await expect(twice).rejects.toMatchObject({ code: '23505' })
  await expect(inPipeline(db, 'BEGIN', (sql) => Promise.all([park(sql, 6), park(sql, 1)]).then(() => ({ result: 0 })))).rejects.toThrow()
  await inPipeline(db, 'BEGIN', async (sql) => ({ result: undefined, last: park(sql, 7) }))
  expect(await parked()).toEqual([1, 2, 3, 7])
})

test('nothing is written by a transaction that could not begin', async () => {
  const written = inPipeline(db, 'BEGIN; SELECT 1 / 0', async (sql) => {
    await ask(sql, 'SELECT 1 AS n')
    return { result: undefined, last: park(sql, 8) }
  })
  await expect(written).rejects.toMatchObject({ code: '22012' })
  expect(await parked()).toEqual([1, 2, 3, 7])
})
