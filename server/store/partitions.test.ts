import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { instant } from '#lib/time/instant.ts'
import { bareDatabase, testDatabase } from '../tools/test-store.ts'
import { ensurePartitions } from './partitions.ts'

const NOON = instant('2026-03-29T12:00:00Z')
let pool: pg.Pool

beforeAll(async () => {
  pool = new pg.Pool({ connectionString: (await bareDatabase()).url, max: 4 })
  await pool.query(`
    CREATE TABLE meter_reading (port_id int NOT NULL, at timestamptz NOT NULL, energy_wh bigint, PRIMARY KEY (port_id, at)) PARTITION BY RANGE (at);
    CREATE TABLE meter_reading_default PARTITION OF meter_reading DEFAULT;
    INSERT INTO meter_reading VALUES (1, '2026-03-30T08:00:00Z', 5), (1, '1999-01-01T00:00:00Z', 6)`)
})
afterAll(() => pool.end())

const whereIs = async () => (await pool.query('SELECT tableoid::regclass::text AS partition, energy_wh FROM meter_reading ORDER BY 2')).rows

test('makes UTC days around now, moves waiting rows into them and keeps strange dates in the default', async () => {
  const made = await ensurePartitions(pool, NOON, { back: 1, ahead: 2 })
  expect(made).toEqual(['meter_reading_20260328', 'meter_reading_20260329', 'meter_reading_20260330', 'meter_reading_20260331'])
  expect(await whereIs()).toEqual([
    { partition: 'meter_reading_20260330', energy_wh: '5' },
    { partition: 'meter_reading_default', energy_wh: '6' },
  ])
})

test('a second call, and two at once, make each day once', async () => {
  expect(await ensurePartitions(pool, NOON, { back: 1, ahead: 2 })).toEqual([])
  const both = await Promise.all([ensurePartitions(pool, NOON, { ahead: 4 }), ensurePartitions(pool, NOON, { ahead: 4 })])
  expect(both.flat().sort()).toEqual(['meter_reading_20260401', 'meter_reading_20260402'])
})

test('the last moment of a day belongs to it, midnight to the next', async () => {
  await pool.query(`INSERT INTO meter_reading VALUES (2, '2026-03-29T23:59:59.999Z', 7), (2, '2026-03-30T00:00:00Z', 8)`)
  expect((await whereIs()).slice(2)).toEqual([
    { partition: 'meter_reading_20260329', energy_wh: '7' },
    { partition: 'meter_reading_20260330', energy_wh: '8' },
  ])
})

test('our own tables take partitions', async () => {
  const own = new pg.Pool({ connectionString: (await testDatabase()).url, max: 1 })
  const made = await ensurePartitions(own, NOON)
  expect(made).toHaveLength(2 * 9)
  await own.end()
})
