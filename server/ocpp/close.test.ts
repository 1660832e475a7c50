import pino from 'pino'
import { expect, test } from 'vitest'
import { openDatabase } from '../store/database.ts'
import { startEndpoint } from './endpoint.ts'
import { plugIn, testDepot, until } from './test-depot.ts'

// The end of a gateway: what came in is written and answered, what comes is not taken, and nothing is asked of a database that is closed.

const depot = await testDepot(40)
const reading = (value: number) => ({
  connectorId: 1,
  meterValue: [{ timestamp: new Date().toISOString(), sampledValue: [{ value: String(value) }] }],
})
const stored = (energyWh: number) => depot.db.prisma.meterReading.count({ where: { energyWh } })

/** An endpoint as the gateway has it: the database is its own, and is closed after it. */
async function started() {
  const db = openDatabase(depot.url, 4)
  const said: string[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => void said.push(line) })
  const endpoint = await startEndpoint({ ...depot.ctx, db, log }, { port: 0, host: '127.0.0.1', bootAwaitedMs: 600_000 })
  const end = async (deadlineMs: number) => {
    await endpoint.close(deadlineMs)
    await db.close()
  }
  return { endpoint, said, end, isClosing: () => db.pool.ending }
}

/** Commits wait until `free`. */
async function held() {
  const holder = await depot.db.pool.connect()
  await holder.query('BEGIN; LOCK TABLE ocpp_message IN SHARE MODE')
  return async () => {
    await holder.query('COMMIT')
    holder.release()
  }
}
const waits = async (count: number) =>
  until(async () => {
    const { rows } = await depot.db.pool.query(
      "SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted AND relation = 'ocpp_message'::regclass",
    )
    return rows[0].n >= count
  })

test('what is in hand is written and answered; what comes meanwhile is not taken', async () => {
  const { endpoint, said, end } = await started()
  const charger = await plugIn(depot, endpoint, 'C1')
  await charger.call('Heartbeat', {})
  const free = await held()
  const answered = charger.call('MeterValues', reading(101))
  await waits(1)
  const ended = end(10_000)
  const late = expect(charger.call('MeterValues', reading(102))).rejects.toThrow()
  await free()
  expect(await answered).toEqual({})
  await Promise.all([ended, late])
  expect(await stored(101)).toBe(1)
  expect(await stored(102)).toBe(0)
  expect(said).toEqual([])
  expect(await depot.db.prisma.charger.findUniqueOrThrow({ where: { id: 'c1' } })).toMatchObject({ connectedAt: null })
})

test('what is in hand of chargers that have gone is written before the database is closed, and that they have gone', async () => {
  const { endpoint, said, end } = await started()
  const chargers = await Promise.all(Array.from({ length: 40 }, (_, n) => plugIn(depot, endpoint, `C${n + 1}`)))
  await Promise.all(chargers.map((charger) => charger.call('Heartbeat', {})))
  const free = await held()
  for (const charger of chargers) charger.call('MeterValues', reading(201)).catch(() => {})
  await waits(1)
  await Promise.all(chargers.map((charger) => charger.close({ force: true })))
  await until(() => endpoint.stats().connected === 0)
  const ended = end(10_000)
  await free()
  await ended
  expect(await stored(201)).toBe(40)
  expect(await depot.db.prisma.charger.count({ where: { connectedAt: { not: null } } })).toBe(0)
  expect(said).toEqual([])
})

test('what is not done in time has no answer, and no complaint for each of it', async () => {
  const { endpoint, said, end, isClosing } = await started()
  const chargers = await Promise.all(Array.from({ length: 40 }, (_, n) => plugIn(depot, endpoint, `C${n + 1}`)))
  await Promise.all(chargers.map((charger) => charger.call('Heartbeat', {})))
  const free = await held()
  const lost = (charger: (typeof chargers)[number]) => expect(charger.call('MeterValues', reading(301))).rejects.toThrow()
  const first = chargers.slice(0, 20).map(lost)
  await waits(1)
  const second = chargers.slice(20).map(lost)
  // what is being written holds some of the first ones, or all
  await until(() => endpoint.stats().waiting >= 20)
  const ended = end(200)
  await Promise.all([...first, ...second])
  await until(isClosing)
  await free()
  await ended
  expect(said).toEqual([])
})
