import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Instant, instant } from '#lib/time/instant.ts'
import { plugIn, until } from '../ocpp/test-depot.ts'
import { seed } from '../ocpp/test-seed.ts'
import { openDatabase } from '../store/database.ts'
import { migrate } from '../store/migrate.ts'
import { createDatabase, withDatabase } from '../store/postgres/admin.ts'
import { type EmbeddedPostgres, startPostgres } from '../store/postgres/embedded.ts'
import { freePort } from '../tools/free-port.ts'
import { type RoleProcess, type RoleSettings, runRole } from '../tools/run-role.ts'
import { auditEnvelope, readSent } from './envelope-audit.ts'

// kill -9 of the gateway between a limit that left and its answer: a PostgreSQL of this file's own (fsync on), the gateway as a real process.
// Under load, with web and database killed too: server/ocpp/kills.

const home = mkdtempSync(join(tmpdir(), 'yardwatt-kill-'))
chmodSync(home, 0o711)
let server: EmbeddedPostgres
const running: RoleProcess[] = []

beforeAll(async () => {
  server = await startPostgres(join(home, 'postgres'))
})
afterAll(async () => {
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

test('a limit that had left when the gateway was killed still counts: nobody gets its room until it is known to be free', {
  timeout: 180_000,
}, async () => {
  const { url, db, keys } = await site('pending', 3)
  await db.prisma.siteNode.update({ where: { id: 'n' }, data: { limitW: 20_000 } })
  await db.prisma.depot.update({ where: { id: 'd' }, data: { fallbackPermille: 0, policy: 'readyFirst' } })
  const port = await freePort()
  const given = { databaseUrl: url, ocppPort: port, dataDir: join(home, 'pending') }
  const before = await gateway(given)
  const profiles = (of: { asked: { method: string; params: Record<string, unknown> }[] }) =>
    of.asked.filter(({ method, params }) => method === 'SetChargingProfile' && JSON.stringify(params).includes('"TxProfile"'))
  // takes every limit of a session that gives power, and never says so
  const mute = (params: Record<string, unknown>) => {
    const text = JSON.stringify(params)
    return text.includes('"TxProfile"') && /"limit":[1-9]/.test(text) ? new Promise(() => {}) : { status: 'Accepted' }
  }
  const boot = { chargePointVendor: 'Test', chargePointModel: 'Two' }
  const start = (idTag: string) => ({ connectorId: 1, idTag, meterStart: 0, timestamp: new Date().toISOString() })
  const a = await plugIn({ keys }, { port }, 'C2', { SetChargingProfile: mute })
  await a.call('BootNotification', boot)
  await until(() => db.prisma.port.findFirst({ where: { id: 'c2-1', fallbackConfirmedAt: { not: null } } }), 20_000)
  const { transactionId } = (await a.call('StartTransaction', start('CENTRAL'))) as { transactionId: number }
  const pending = await until(
    () => db.prisma.limitSent.findFirst({ where: { portId: 'c2-1', kind: 'session', outcome: 'pending', maxW: { gt: 15_000 } } }),
    15_000,
  )
  await until(() => profiles(a).length > 0)
  await before.kill9()

  await gateway(given)
  const b = await plugIn({ keys }, { port }, 'C3')
  await b.call('BootNotification', boot)
  // until its stored limit is confirmed a charger counts with its nameplate, whatever we send
  await until(async () => (await db.prisma.port.count({ where: { chargerId: 'c3', fallbackConfirmedAt: null } })) === 0, 20_000)
  await b.call('StartTransaction', start('CENTRAL'))
  // the plan that knows of B is made, and B has been told what it may have meanwhile
  await until(() => db.prisma.plan.findFirst({ where: { madeAt: { gt: pending.sentAt }, cause: { contains: 'session started' } } }), 20_000)
  await until(() => db.prisma.limitSent.findFirst({ where: { portId: 'c3-1', kind: 'session', outcome: 'accepted' } }), 20_000)
  // whatever A may be following and whatever B was told, at every later instant
  const ports = ['c2-1', 'c2-2', 'c3-1', 'c3-2']
  const passed = async () => {
    const sent = await readSent(db)
    const from = sent.rows.find(({ port, kind }) => port === 'c3-1' && kind === 'session')!.sentAt as Instant
    return auditEnvelope(sent, [{ id: 'n', capW: 20_000, ports }], { from, until: instant(Date.now()) }).passed
  }
  expect(await passed()).toEqual([])
  expect((await db.prisma.limitSent.findUniqueOrThrow({ where: { id: pending.id } })).outcome).toBe('pending')

  const back = await plugIn({ keys }, { port }, 'C2')
  // it takes the limit that is sent anew: what is unanswered when a session ends keeps its room (docs/decisions/012)
  const anew = { portId: 'c2-1', kind: 'session', outcome: 'accepted', id: { gt: pending.id } }
  await until(() => db.prisma.limitSent.findFirst({ where: anew }), 20_000)
  await back.call('StopTransaction', { transactionId, meterStop: 4_000, timestamp: new Date().toISOString() })
  // the van leaves: now there is room for B at once
  await back.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' })
  await until(
    async () =>
      (await readSent(db)).rows.some(({ port, kind, steps }) => port === 'c3-1' && kind === 'session' && steps[0]!.limitW > 10_000),
    30_000,
  )
  expect(await passed()).toEqual([])
  await db.close()
})
