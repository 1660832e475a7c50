import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeClock } from '../clock.ts'
import { until } from '../ocpp/test-depot.ts'
import { seed } from '../ocpp/test-seed.ts'
import { type Charger, startCharger } from '../simulator/charger.ts'
import { fixedLoad } from '../simulator/vehicle.ts'
import { openDatabase } from '../store/database.ts'
import { migrate } from '../store/migrate.ts'
import { createDatabase, withDatabase } from '../store/postgres/admin.ts'
import { type EmbeddedPostgres, startPostgres } from '../store/postgres/embedded.ts'
import { type RoleProcess, type RoleSettings, runRole } from './run-role.ts'

// kill -9 of the gateway and of the database under load: a PostgreSQL of this file's own (fsync on), the gateway as a real process,
// and simulated chargers that keep what was not answered and bring it again. Minutes on a busy machine: `npm run test:long`.

const CHARGERS = 30
const home = mkdtempSync(join(tmpdir(), 'yardwatt-kill-'))
chmodSync(home, 0o711)
const told: string[] = []
let server: EmbeddedPostgres
const running: RoleProcess[] = []
const chargers: Charger[] = []

beforeAll(async () => {
  server = await startPostgres(join(home, 'postgres'))
  server.guard((message) => told.push(message))
})
afterAll(async () => {
  for (const charger of chargers) charger.close()
  for (const { child } of running) child.kill('SIGKILL')
  await server.stop()
  rmSync(home, { recursive: true, force: true })
})

async function site(name: string, count: number) {
  const url = withDatabase(server.url, name)
  await createDatabase(server.url, name)
  await migrate(url)
  const db = openDatabase(url, 4)
  const keys = await seed(db, count)
  return { url, db, keys }
}

const gateway = async (given: RoleSettings) => {
  const started = await runRole('gateway', given)
  running.push(started)
  return started
}

test('what was answered is stored, nothing is doubled, and each start has one session: gateway and database killed under load', {
  timeout: 400_000,
}, async () => {
  const { url, db, keys } = await site('load', CHARGERS)
  const clock = makeClock()
  const given = { databaseUrl: url, ocppPort: 22_120, dataDir: join(home, 'load') }
  let process1 = await gateway(given)
  for (const [identity, password] of keys) {
    const charger = startCharger({
      url: 'ws://127.0.0.1:22120/ocpp',
      identity,
      password,
      ports: 2,
      clock,
      backoffMs: { min: 50, max: 300 },
      callTimeoutMs: 20_000,
      keepFrames: 50_000,
    })
    chargers.push(charger)
    charger.connect()
  }
  await until(() => chargers.every((charger) => charger.registration() === 'Accepted'), 90_000)
  await until(async () => (await db.prisma.charger.count({ where: { commissionedAt: null } })) === 0, 90_000)
  // a sample each second, and what was not answered again soon: more than any charger does
  for (const { memory } of chargers)
    Object.assign(memory.configuration, { MeterValueSampleInterval: '1', TransactionMessageRetryInterval: '2' })
  // vehicles come and go, on every charger's first port, all the time
  let turn = 0
  const coming = setInterval(() => {
    const charger = chargers[turn++ % CHARGERS]!
    if (charger.isPlugged()) charger.unplug()
    else {
      charger.plug(fixedLoad(9_600))
      void charger.swipe('CENTRAL')
    }
  }, 400)
  const answered = () => chargers.reduce((sum, charger) => sum + acks(charger).length, 0)
  const more = (count: number) => {
    const from = answered()
    return until(() => answered() > from + count, 90_000)
  }
  await more(100)
  await process1.kill9()
  process1 = await gateway(given)
  await more(100)
  process.kill(server.pid, 'SIGKILL')
  await until(() => told.some((message) => message.includes('is back')), 60_000)
  await more(100)
  clearInterval(coming)
  for (const charger of chargers) if (charger.isPlugged()) charger.unplug()
  await until(() => chargers.every((charger) => charger.isConnected() && charger.memory.queue.length === 0), 120_000)

  const sessions = await db.prisma.session.findMany({ include: { port: { include: { charger: true } } } })
  const readings = await db.prisma.meterReading.findMany()
  const stored = new Set(readings.map(({ portId, at }) => `${portId} ${at.getTime()}`))
  let checked = 0
  for (const charger of chargers) {
    const mine = sessions.filter(({ port }) => port.charger.identity === charger.identity)
    expect(mine, `${charger.identity}: one session for each start`).toHaveLength(charger.memory.nextKey - 1)
    expect(mine.every(({ stoppedAt }) => stoppedAt !== null)).toBe(true)
    const energyWh = mine.reduce((sum, session) => sum + Number(session.energyWh), 0)
    expect(Math.abs(energyWh - charger.meterWh())).toBeLessThanOrEqual(mine.length + 1)
    for (const { action, payload, answer } of acks(charger)) {
      checked++
      if (action === 'StartTransaction') expect(mine.some(({ id }) => id === answer.transactionId)).toBe(true)
      if (action === 'StopTransaction') expect(mine.find(({ id }) => id === payload.transactionId)?.stoppedAt).toBeTruthy()
      if (action !== 'MeterValues') continue
      for (const { timestamp } of payload.meterValue as { timestamp: string }[])
        expect(stored.has(`${charger.identity.toLowerCase()}-${payload.connectorId} ${Date.parse(timestamp)}`)).toBe(true)
    }
  }
  expect(new Set(sessions.map(({ startKey }) => startKey)).size).toBe(sessions.length)
  const once = readings.map(({ portId, at, context, energyWh, powerW }) => `${portId} ${at.getTime()} ${context} ${energyWh} ${powerW}`)
  expect(new Set(once).size).toBe(once.length)
  console.info(`${checked} answered messages are stored: ${sessions.length} sessions, ${readings.length} readings`)
  for (const charger of chargers) charger.close()
  await process1.kill9()
  await db.close()
})

/** What the charger said of its transactions, and was answered. */
function acks(charger: Charger) {
  const answers = new Map(charger.received.filter(({ kind }) => kind === 'result').map(({ id, payload }) => [id, payload]))
  const calls = new Map(charger.sent.filter(({ kind, action }) => kind === 'call' && SAID.has(action)).map((frame) => [frame.id, frame]))
  return [...calls.values()].flatMap(({ id, action, payload }) => (answers.has(id) ? [{ action, payload, answer: answers.get(id)! }] : []))
}
const SAID = new Set(['StartTransaction', 'MeterValues', 'StopTransaction'])
