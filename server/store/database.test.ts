import { afterAll, expect, test } from 'vitest'
import { bareDatabase } from '../tools/test-store.ts'
import { openDatabase } from './database.ts'

const db = openDatabase((await bareDatabase()).url, 4)
afterAll(() => db.close())

test('a database that goes away under a held connection which asks nothing is told to its next question, and ends no process', async () => {
  const held = await db.pool.connect()
  const { rows } = await held.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const gone = new Promise((done) => held.once('end', () => done(undefined)))
  await db.pool.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid])
  await gone
  await expect(held.query('SELECT 1')).rejects.toThrow()
  held.release(true)
  expect((await db.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
})
