import { rmSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, expect, test } from 'vitest'
import { makeClock } from '../clock.ts'
import { openDatabase } from '../store/database.ts'
import { migrate } from '../store/migrate.ts'
import { startPostgres } from '../store/postgres/embedded.ts'
import { startEndpoint } from './endpoint.ts'
import { plugIn, until } from './test-depot.ts'
import { seed } from './test-seed.ts'

// A durable PostgreSQL of its own, killed under load and started again by its guard, as the supervisor does it.

const home = join(import.meta.dirname, '..', '..', '.yardwatt', `kill-postgres-${process.pid}`)
const postgres = await startPostgres(home)
const db = openDatabase(postgres.url)
await migrate(postgres.url)
const keys = await seed(db, 10)
const endpoint = await startEndpoint(
  {
    env: { ocppAllowNoAuth: false },
    clock: makeClock(),
    db,
    log: pino({ level: 'silent' }),
    recorded: { publish: () => {}, subscribe: () => () => {} },
    wakes: { replan: () => {}, reconcile: () => {}, touched: () => {} },
  },
  { port: 0, host: '127.0.0.1', bootAwaitedMs: 600_000 },
)
afterAll(async () => {
  await endpoint.close(500)
  await db.close()
  await postgres.stop()
  rmSync(home, { recursive: true, force: true })
})

test('kill -9 of the database under load: every answered reading is there, once; chargers come back by themselves and go on', async () => {
  const acked = new Set<string>()
  let stopping = false
  let lost = 0
  /** A charger as the protocol wants it: it says each message until it is answered. */
  const lives = Array.from({ length: 10 }, async (_, index) => {
    const identity = `C${index + 1}`
    let at = await plugIn({ keys }, endpoint, identity)
    const say = async (action: string, payload: Record<string, unknown>): Promise<Record<string, unknown>> => {
      for (;;) {
        try {
          return (await at.call(action, payload)) as Record<string, unknown>
        } catch {
          lost++
          at = await until(() => plugIn({ keys }, endpoint, identity).catch(() => undefined), 30_000)
        }
      }
    }
    const { transactionId } = await say('StartTransaction', {
      connectorId: 1,
      idTag: 'CENTRAL',
      meterStart: 0,
      timestamp: new Date().toISOString(),
    })
    let wh = 0
    while (!stopping) {
      const timestamp = new Date().toISOString()
      wh++
      await say('MeterValues', { connectorId: 1, transactionId, meterValue: [{ timestamp, sampledValue: [{ value: String(wh) }] }] })
      acked.add(`c${index + 1}-1 ${timestamp} ${wh}`)
    }
    await say('StopTransaction', { transactionId, meterStop: wh, timestamp: new Date().toISOString() })
    return wh
  })
  const done = Promise.all(lives)
  await until(() => acked.size > 300, 30_000)
  postgres.guard(() => {})
  const { pid } = postgres
  process.kill(pid, 'SIGKILL')
  const before = acked.size
  await until(() => postgres.pid !== pid && acked.size > before + 300, 60_000)
  stopping = true
  const ends = await done
  expect(lost).toBeGreaterThan(0)
  const rows = (await db.prisma.meterReading.findMany()).map(({ portId, at, energyWh }) => `${portId} ${at.toISOString()} ${energyWh}`)
  expect(new Set(rows).size).toBe(rows.length)
  const stored = new Set(rows)
  for (const each of acked) expect(stored.has(each)).toBe(true)
  const sessions = await db.prisma.session.findMany({ orderBy: { portId: 'asc' } })
  expect(sessions).toHaveLength(10)
  for (const { portId, energyWh, stoppedAt } of sessions) {
    expect(stoppedAt).not.toBeNull()
    expect(Number(energyWh)).toBe(ends[Number(/\d+/.exec(portId)![0]) - 1])
  }
})
