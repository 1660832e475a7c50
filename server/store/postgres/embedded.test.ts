import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { isAlive } from '../../supervisor/lock.ts'
import { connected } from './admin.ts'
import { type EmbeddedPostgres, startPostgres } from './embedded.ts'

let folder: string
let home: string
let server: EmbeddedPostgres | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yardwatt-pg-'))
  home = join(folder, 'postgres')
  chmodSync(folder, 0o711)
})
afterEach(async () => {
  await server?.stop()
  server = undefined
  rmSync(folder, { recursive: true, force: true })
})

const ask = async (sql: string) => (await connected(server!.url, (client) => client.query(sql))).rows
const gone = (pid: number) => vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000 })

test('makes a durable UTF-8 server on loopback, and its password is for us only', async () => {
  server = await startPostgres(home)
  expect(new URL(server.url).hostname).toBe('127.0.0.1')
  expect(
    await ask(`SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS sync, current_setting('server_encoding') AS encoding,
    current_setting('listen_addresses') AS hears, current_setting('TimeZone') AS zone, lower('ÄÖÜ') AS lower`),
  ).toEqual([{ fsync: 'on', sync: 'on', encoding: 'UTF8', hears: '127.0.0.1', zone: 'UTC', lower: 'äöü' }])
  expect(statSync(join(home, 'settings.json')).mode & 0o777).toBe(0o600)
  const bySocket = 'SELECT inet_client_addr() IS NULL AS "bySocket"'
  expect(await ask(bySocket)).toEqual([{ bySocket: true }])
  expect(await connected(server.url.split('?')[0]!, (client) => client.query(bySocket))).toMatchObject({ rows: [{ bySocket: false }] })
  const wrong = server.url.replace(/:[^:@]+@/, ':wrong@')
  await expect(connected(wrong, (client) => client.query('SELECT 1'))).rejects.toMatchObject({ code: '28P01' })
})

test('in a folder whose name is too long for a socket it is reached by loopback', async () => {
  home = join(home, '..', 'x'.repeat(90), 'postgres')
  mkdirSync(join(home, '..'), { mode: 0o711 })
  server = await startPostgres(home)
  expect(await ask('SELECT inet_client_addr() IS NULL AS "bySocket"')).toEqual([{ bySocket: false }])
})

test('a second start finds the same server, on the same port, with the same data', async () => {
  server = await startPostgres(home)
  await ask('CREATE TABLE van (id int); INSERT INTO van VALUES (7)')
  const { pid, url } = server
  expect(await startPostgres(home)).toMatchObject({ pid, url, reused: true })
  await server.stop()
  expect(isAlive(pid)).toBe(false)
  server = await startPostgres(home)
  expect(server).toMatchObject({ url, reused: false })
  expect(await ask('SELECT id FROM van')).toEqual([{ id: 7 }])
})

test('a Node that is killed leaves the server running, and the next start takes it over', async () => {
  const { child, pid } = await startInChild()
  child.kill('SIGKILL')
  await once(child, 'exit')
  server = await startPostgres(home)
  expect(server).toMatchObject({ pid, reused: true })
})

test('a server that was killed with everything it had committed is recovered by the next start', async () => {
  const { child, pid } = await startInChild()
  child.kill('SIGKILL')
  process.kill(pid, 'SIGKILL')
  await gone(pid)
  server = await startPostgres(home)
  expect(server.reused).toBe(false)
  expect(await ask('SELECT count(*)::int AS rows FROM acked')).toEqual([{ rows: 100 }])
})

test('a guarded server that dies comes back on the same address', async () => {
  server = await startPostgres(home)
  const told: string[] = []
  server.guard((text) => told.push(text))
  process.kill(server.pid, 'SIGKILL')
  await vi.waitFor(async () => expect(await ask('SELECT 1 AS one')).toEqual([{ one: 1 }]), { timeout: 20_000, interval: 100 })
  await vi.waitFor(() => expect(told).toEqual(['The database server has gone; starting it again.', 'The database server is back.']), {
    timeout: 10_000,
  })
})

test('data without its password is never overwritten', async () => {
  server = await startPostgres(home)
  await server.stop()
  rmSync(join(home, 'settings.json'))
  await expect(startPostgres(home)).rejects.toThrow(/holds a database but .*settings\.json with its password is gone/)
  server = undefined
})

test.runIf(process.getuid?.() === 0)('a home that only root may enter holds no data: it goes where the server can reach it', async () => {
  rmSync(folder, { recursive: true, force: true })
  folder = mkdtempSync(join(tmpdir(), 'yardwatt-closed-')) // makes 0700
  home = join(folder, 'postgres')
  server = await startPostgres(home)
  const { data } = JSON.parse(readFileSync(join(home, 'settings.json'), 'utf8')) as { data: string }
  expect(data.startsWith(home)).toBe(false)
  expect(await ask('SELECT 1 AS one')).toEqual([{ one: 1 }])
  await server.stop()
  server = undefined
  rmSync(join(data, '..'), { recursive: true, force: true })
})

/** A Node of its own that starts the server and commits a hundred rows. */
async function startInChild(): Promise<{ child: ChildProcess; pid: number }> {
  const script = `
    const { startPostgres } = await import(${JSON.stringify(join(import.meta.dirname, 'embedded.ts'))})
    const { connected } = await import(${JSON.stringify(join(import.meta.dirname, 'admin.ts'))})
    const server = await startPostgres(${JSON.stringify(home)})
    await connected(server.url, async (client) => {
      await client.query('CREATE TABLE acked (id int)')
      for (let i = 0; i < 100; i++) await client.query('INSERT INTO acked VALUES ($1)', [i])
    })
    console.log(server.pid)
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
  return { child, pid: Number(line) }
}
