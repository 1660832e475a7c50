import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { plugIn, until } from '../ocpp/test-depot.ts'
import { seed } from '../ocpp/test-seed.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { migrate } from '../store/migrate.ts'
import { createDatabase, withDatabase } from '../store/postgres/admin.ts'
import { type EmbeddedPostgres, startPostgres } from '../store/postgres/embedded.ts'
import { freePort } from '../tools/free-port.ts'
import { type RoleProcess, runRole } from '../tools/run-role.ts'

// One database, one gateway: real processes, and a PostgreSQL of this file's own, which is killed too.

const home = mkdtempSync(join(tmpdir(), 'yardwatt-owner-'))
chmodSync(home, 0o711)
const MAIN = join(import.meta.dirname, '..', 'main.ts')
let server: EmbeddedPostgres
let url: string
let db: Database
let keys: Map<string, string>
let depots = 0
const running: ChildProcess[] = []

beforeAll(async () => {
  server = await startPostgres(join(home, 'postgres'))
  server.guard(() => {})
})
beforeEach(async () => {
  const name = `owner_${++depots}`
  url = withDatabase(server.url, name)
  await createDatabase(server.url, name)
  await migrate(url)
  db = openDatabase(url, 3)
  keys = await seed(db, 2)
})
afterEach(async () => {
  for (const child of running.splice(0)) {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
  await db.close()
})
afterAll(async () => {
  await server.stop()
  rmSync(home, { recursive: true, force: true })
})

async function gateway(): Promise<RoleProcess & { port: number }> {
  const ocppPort = await freePort()
  const started = await runRole('gateway', { databaseUrl: url, ocppPort, dataDir: join(home, `run-${ocppPort}`) })
  running.push(started.child)
  return { ...started, port: ocppPort }
}

/** `npm start` of an installation's gateway, with the supervisor that restarts it. */
async function supervised() {
  const ocppPort = await freePort()
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, ROLE: 'gateway', NODE_ENV: 'production' as const, DATABASE_URL: url, HOST: '127.0.0.1', LOG_LEVEL: 'fatal' }
  const main = spawn(process.execPath, [MAIN], {
    env: { ...env, DATA_DIR: join(home, `main-${ocppPort}`), OCPP_PORT: String(ocppPort) },
  })
  running.push(main)
  let text = ''
  for (const stream of [main.stdout, main.stderr])
    stream.on('data', (piece) => {
      text += piece
    })
  const ended = once(main, 'exit').then(([code]) => code as number | null)
  return { main, ended, said: () => text, saying: (words: RegExp) => until(() => words.test(text), 40_000) }
}

const owner = async () => (await db.prisma.setting.findUnique({ where: { key: 'gateway.owner' } }))?.value as { pid: number } | undefined
const locks = async () =>
  (
    await db.pool.query(
      'SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE objid = 72707370 AND granted AND datname = current_database()',
    )
  ).rowCount

test('a second gateway on the same database says who has it and what to do, and stops; the first one is not disturbed', {
  timeout: 90_000,
}, async () => {
  const first = await gateway()
  const charger = await plugIn({ keys }, first, 'C1')
  const second = await supervised()
  expect(await second.ended).toBe(1)
  const since = new Date().toISOString().slice(0, 11).replace('T', ' ')
  expect(second.said()).toContain(`Another gateway serves this database: process ${first.child.pid} on `)
  expect(second.said()).toContain(since)
  expect(second.said()).toContain('Stop that one first, or give this one a database of its own with DATABASE_URL.')
  expect(await charger.call('Heartbeat', {})).toHaveProperty('currentTime')
  expect(await owner()).toMatchObject({ pid: first.child.pid })
  // it had said of nobody that it is gone
  expect(await db.prisma.charger.findUniqueOrThrow({ where: { id: 'c1' } })).toMatchObject({ connectedAt: expect.any(Date) })
})

test('the first is killed while a second one waits: the second takes over; a supervisor whose gateway was killed waits its turn', {
  timeout: 120_000,
}, async () => {
  const first = await supervised()
  await first.saying(/is running/)
  const { pid } = (await owner())!
  const waiting = gateway()
  await until(
    async () => (await db.pool.query("SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'yardwatt owner%'")).rowCount! > 1,
  )
  process.kill(pid, 'SIGKILL')
  const second = await waiting
  expect(await owner()).toMatchObject({ pid: second.child.pid })
  expect(await (await plugIn({ keys }, second, 'C1')).call('Heartbeat', {})).toHaveProperty('currentTime')
  await first.saying(/ended \(Another gateway serves this database: process/)
  expect(await locks()).toBe(1)
  await second.stop()
  await first.saying(/is back/)
  expect((await owner())!.pid).not.toBe(second.child.pid)
  expect(await locks()).toBe(1)
})

test("a supervisor's own killed gateway is back at once", { timeout: 60_000 }, async () => {
  const started = await supervised()
  await started.saying(/is running/)
  const { pid } = (await owner())!
  process.kill(pid, 'SIGKILL')
  await started.saying(/is back/)
  expect(started.said()).not.toContain('Another gateway')
  expect((await owner())!.pid).not.toBe(pid)
})

test('the database restarts: the same gateway takes it again before it records, and goes on', { timeout: 90_000 }, async () => {
  const first = await gateway()
  await (await plugIn({ keys }, first, 'C1')).call('Heartbeat', {})
  const before = await owner()
  const killed = server.pid
  process.kill(killed, 'SIGKILL')
  await until(() => server.pid !== killed, 30_000)
  const timestamp = new Date().toISOString()
  const charger = await until(() => plugIn({ keys }, first, 'C1').catch(() => undefined), 30_000)
  expect(await charger.call('StartTransaction', { connectorId: 1, idTag: 'CENTRAL', meterStart: 0, timestamp })).toMatchObject({
    idTagInfo: { status: 'Accepted' },
  })
  expect(await locks()).toBe(1)
  expect(await owner()).toEqual(before)
  expect(await db.prisma.session.count()).toBe(1)
  expect(first.child.exitCode).toBeNull()
})

test('another one took the database while the connection was lost: the old gateway records nothing more, closes its sockets and ends', {
  timeout: 60_000,
}, async () => {
  const first = await gateway()
  const charger = await plugIn({ keys }, first, 'C1')
  await charger.call('Heartbeat', {})
  const closed = once(charger, 'close')
  const ended = once(first.child, 'exit')
  const news = once(first.child, 'message')
  const other = new pg.Client({ connectionString: url })
  await other.connect()
  // in the queue for the lock before it is free, as a gateway that starts in that moment may be
  const taken = other.query('SELECT pg_advisory_lock(72707370)')
  await until(async () => (await db.pool.query('SELECT 1 FROM pg_locks WHERE objid = 72707370 AND NOT granted')).rowCount)
  const usurper = JSON.stringify({ instance: 'other', host: 'depot-b', pid: 4711, since: '2026-11-23T05:10:00.000Z' })
  await db.pool.query("UPDATE setting SET value = $1 WHERE key = 'gateway.owner'", [usurper])
  await db.pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'yardwatt owner%' AND datname = current_database()",
  )
  await taken
  await closed
  expect((await news)[0]).toEqual({
    kind: 'failed',
    sentence: expect.stringContaining('process 4711 on depot-b, since 2026-11-23 05:10 UTC'),
  })
  expect((await ended)[0]).toBe(1)
  await other.end()
  await expect(plugIn({ keys }, first, 'C1')).rejects.toThrow()
})
