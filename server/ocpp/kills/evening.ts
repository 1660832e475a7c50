import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { openDatabase } from '../../store/database.ts'
import { migrate } from '../../store/migrate.ts'
import { startPostgres } from '../../store/postgres/embedded.ts'
import { build } from '../../supervisor/build.ts'
import { freePort } from '../../tools/free-port.ts'
import { type RoleProcess, runRole } from '../../tools/run-role.ts'
import { makeRandom } from '../fuzz/random.ts'
import { until } from '../test-depot.ts'
import { seed } from '../test-seed.ts'
import { type Life, live } from './life.ts'

// Gateway, web and a PostgreSQL with fsync, as real processes that are started again when they die; chargers on both doors; kill -9 of one
// of them at random, again and again, also while another one is coming back.

export type Evening = {
  chargers: number
  kills: number
  /** Between two kills, at most; half of it at least. */
  betweenMs: number
  /** Between two messages of one charger. */
  pauseMs: number
  seed: number
}
type Victim = 'gateway' | 'web' | 'database'

/** The screens that the web serves: minutes on a busy machine where sources changed, which is no part of the evening. */
export async function screens(): Promise<void> {
  const { PATH, HOME } = process.env
  const home = mkdtempSync(join(tmpdir(), 'yardwatt-screens-'))
  await build(join(home, 'build.log'), { PATH, HOME, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' }, new AbortController().signal)
  rmSync(home, { recursive: true })
}

/** @throws when something that was answered is not there, is there twice, or somebody does not come back. Returns the figures. */
export async function killingEvening({ chargers, kills, betweenMs, pauseMs, seed: seedNumber }: Evening) {
  const home = mkdtempSync(join(tmpdir(), 'yardwatt-kills-'))
  chmodSync(home, 0o711)
  const postgres = await startPostgres(join(home, 'postgres'), { connections: 100 })
  postgres.guard(() => {})
  await migrate(postgres.url)
  const db = openDatabase(postgres.url, 3)
  const keys = await seed(db, chargers)
  const tags = await intoDepots(db, [...keys.keys()])
  const random = makeRandom(seedNumber)
  const ports = { gateway: await freePort(), web: await freePort() }
  const given = { databaseUrl: postgres.url, ocppPort: ports.gateway, dataDir: join(home, 'data'), port: ports.web }
  const kept = { gateway: keep(() => runRole('gateway', given)), web: keep(() => runRole('web', given)) }
  await kept.gateway.up()
  await kept.web.up()
  const lives = [...keys].map(([identity, password], index) =>
    live({
      identity,
      password,
      idTag: tags[index]!,
      ports: index % 2 ? [ports.web, ports.gateway] : [ports.gateway, ports.web],
      pauseMs,
      seed: seedNumber + index,
    }),
  )
  try {
    const answered = () => lives.reduce((sum, each) => sum + each.readings.length + each.starts.size + each.stops.size, 0)
    await until(() => lives.every(({ starts }) => starts.size > 0), 300_000)
    const killed: Record<Victim, number> = { gateway: 0, web: 0, database: 0 }
    let deadPid: number | undefined
    const victims: Victim[] = ['gateway', 'database', 'web']
    for (let turn = 0; turn < kills; turn++) {
      await wait(betweenMs / 2 + random.below(betweenMs / 2))
      // each at least once, then by lot
      const victim = turn < 3 ? victims[turn]! : random.of(victims)
      if (victim === 'database') {
        // one that is dead still has the number that it had, which may be somebody else's by now
        await until(() => postgres.pid !== deadPid, 60_000)
        deadPid = postgres.pid
        process.kill(deadPid, 'SIGKILL')
      } else kept[victim].kill()
      killed[victim]++
    }
    const lastKillAt = performance.now()
    await until(() => lives.every(({ answeredAt }) => answeredAt > lastKillAt), 300_000)
    const allBackMs = performance.now() - lastKillAt
    await Promise.all(lives.map((each) => each.finish()))
    const figures = {
      killed,
      /** From the last kill until each charger had an answer again. */
      allBackSeconds: Math.round(allBackMs / 100) / 10,
      answered: answered(),
      sessions: await judge(db, lives),
      comebacks: lives.reduce((sum, each) => sum + each.comebacks, 0),
    }
    return figures
  } finally {
    for (const each of lives) each.close()
    await Promise.all([kept.gateway.stop(), kept.web.stop()])
    await db.close()
    await postgres.stop()
    rmSync(home, { recursive: true, force: true })
  }
}

/** As sites are: depots of at most 200 chargers, each with a card of its own. @returns the card of each charger */
async function intoDepots({ prisma }: ReturnType<typeof openDatabase>, identities: string[]): Promise<string[]> {
  const depotOf = (index: number) => (index < PER_DEPOT ? 'd' : `d${Math.floor(index / PER_DEPOT)}`)
  for (let first = PER_DEPOT; first < identities.length; first += PER_DEPOT) {
    const id = depotOf(first)
    await prisma.depot.create({ data: { id, name: id, zone: 'America/Los_Angeles', currency: 'USD', createdAt: new Date() } })
    const node = { kind: 'service', name: 'Service', volts: 240, wiring: 'L-L', phases: 1, limitW: 80_000 }
    await prisma.siteNode.create({ data: { id: `n-${id}`, depotId: id, ...node } })
    await prisma.token.create({ data: { id: `t-${id}`, depotId: id, idTag: `CENTRAL-${id}`.toUpperCase(), kind: 'central' } })
    const here = identities.slice(first, first + PER_DEPOT)
    await prisma.charger.updateMany({ where: { identity: { in: here } }, data: { depotId: id, nodeId: `n-${id}` } })
  }
  return identities.map((_, index) => (index < PER_DEPOT ? 'CENTRAL' : `CENTRAL-${depotOf(index)}`.toUpperCase()))
}
const PER_DEPOT = 200

async function judge({ prisma }: ReturnType<typeof openDatabase>, lives: Life[]): Promise<number> {
  // by themselves, all of them, and the depot knows it; one may be sent off once more by what the last kill left behind
  await until(() => lives.every((each) => each.connected()), 120_000)
  await until(async () => (await prisma.charger.count({ where: { connectedAt: null } })) === 0, 120_000)
  const sessions = await prisma.session.findMany({
    select: { id: true, portId: true, startKey: true, stoppedAt: true, energyWh: true, startedAt: true },
  })
  const byId = new Map(sessions.map((session) => [session.id, session]))
  // no transaction twice, none invented, none lost
  expect(new Set(sessions.map(({ startKey }) => startKey)).size).toBe(sessions.length)
  expect(sessions.length).toBe(lives.reduce((sum, { begun }) => sum + begun, 0))
  const readings = await prisma.meterReading.findMany({ select: { portId: true, at: true, energyWh: true } })
  const stored = new Set(readings.map(({ portId, at, energyWh }) => `${portId} ${at.toISOString()} ${energyWh}`))
  expect(stored.size).toBe(readings.length)
  for (const { identity, starts, stops, readings: said } of lives) {
    for (const [content, id] of starts) {
      const session = byId.get(id)
      expect(session?.portId.startsWith(`${identity.toLowerCase()}-`), `${identity} has session ${id}`).toBe(true)
      expect(session?.startedAt.toISOString()).toBe((JSON.parse(content) as { timestamp: string }).timestamp)
    }
    for (const [id, energyWh] of stops)
      expect({ ended: byId.get(id)?.stoppedAt !== null, wh: Number(byId.get(id)?.energyWh) }).toEqual({ ended: true, wh: energyWh })
    for (const each of said) expect(stored.has(each), each).toBe(true)
  }
  const lines = await prisma.journal.groupBy({
    by: ['kind', 'subject'],
    where: { kind: { in: ['session.started', 'session.stopped'] } },
    _count: true,
  })
  expect(lines.filter(({ _count }) => _count !== 1)).toEqual([])
  return sessions.length
}

/** As a supervisor does: whoever dies is started again, also when the database is not there yet. */
function keep(start: () => Promise<RoleProcess>) {
  let running: RoleProcess | undefined
  let stopping = false
  const first = Promise.withResolvers<void>()
  const ended = (async () => {
    while (!stopping) {
      try {
        const started = await start()
        running = started
        if (stopping) await started.kill9()
        first.resolve()
        if (started.child.exitCode === null && started.child.signalCode === null)
          await new Promise((done) => started.child.once('exit', done))
      } catch (error) {
        // once it has served, whoever dies at its start may have more luck the next time
        first.reject(error)
      }
      await wait(250)
    }
  })()
  return {
    up: () => first.promise,
    kill: () => void running?.child.kill('SIGKILL'),
    async stop() {
      stopping = true
      running?.child.kill('SIGKILL')
      await ended
    },
  }
}

const wait = (ms: number) => new Promise<void>((soon) => setTimeout(soon, ms))
