// 10,000 chargers on one whole gateway (plans, reconciliation, key figures and all): idle, talking, and coming back after it was killed.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connected } from '../store/postgres/admin.ts'
import type { Connected, FleetOrder, Stormed, Talked } from './ocpp.fleet-load.ts'
import { type Part, start } from './ocpp.process.ts'
import type { Bench } from './ocpp.rates.ts'

type Usage = { cpuUs: number; rss: number; heapUsed: number }

const LIMITS = { connectSeconds: 60, kilobytesEach: 40, p99Ms: 100 }
const TALK = { ratePerSecond: 300, seconds: 30 }
const SETTLED_MS = 100_000
/** A part that takes longer has not met what is promised by far; the bench says so and ends. */
const MOST_MS = { connect: 100_000, talk: 60_000, storm: 120_000 }
/** `BENCH_SERVER=endpoint`: without the rooms behind the sockets, to tell their share. */
const WHICH = process.env.BENCH_SERVER ?? 'gateway'

export async function fleetCases({ url, keys, say }: Bench) {
  const data = mkdtempSync(join(tmpdir(), 'yardwatt-bench-'))
  const gateway = () => start<{ port: number }>('ocpp.server.ts', [WHICH], { BENCH_URL: url, BENCH_DATA: data, BENCH_PORT: '22151' }, true)
  let server = await gateway()
  const load = await start('ocpp.fleet-load.ts', [], {}, false)
  const order = <Result>(what: FleetOrder) => withinMs(MOST_MS[what.do], `${what.do} of ${keys.size}`, load.ask<Result>(what))
  const cases: object[] = []
  try {
    const before = await server.ask<Usage>('usage')
    const came = await order<Connected>({ do: 'connect', port: server.hello.port, keys: [...keys], atOnce: 500 })
    const settled = await settledSeconds(url, server, keys.size)
    const after = await server.ask<Usage>('usage')
    const cpuMs = Math.round((after.cpuUs - before.cpuUs) / keys.size / 10) / 100
    const second = (value: number) => Math.round(value * 10) / 10
    const each = (key: 'rss' | 'heapUsed') => Math.round((after[key] - before[key]) / keys.size / 102.4) / 10
    say(
      `idle: ${keys.size} in ${came.seconds.toFixed(1)} s, ${came.refused} refused, ${each('rss')} KB each (heap ${each('heapUsed')}), settled after ${settled} s, ${cpuMs} ms CPU each`,
    )
    cases.push({
      name: 'idle-10000',
      server: WHICH,
      chargers: keys.size,
      seconds: second(came.seconds),
      refused: came.refused,
      kilobytesEach: each('rss'),
      heapKilobytesEach: each('heapUsed'),
      settledSeconds: settled,
      cpuMsEach: cpuMs,
      limit: { seconds: LIMITS.connectSeconds, kilobytesEach: LIMITS.kilobytesEach },
      met: came.seconds < LIMITS.connectSeconds && came.refused === 0 && each('rss') <= LIMITS.kilobytesEach,
    })
    const talked = await order<Talked>({ do: 'talk', ...TALK })
    say(`talking: ${talked.sent} messages, p50 ${talked.p50Ms}, p99 ${talked.p99Ms} ms`)
    cases.push({
      name: 'talk-10000',
      chargers: keys.size,
      perSecond: TALK.ratePerSecond,
      p50Ms: talked.p50Ms,
      p99Ms: talked.p99Ms,
      limit: { p99Ms: LIMITS.p99Ms },
      met: talked.p99Ms <= LIMITS.p99Ms && talked.refused === 0,
    })
    await server.end('SIGKILL')
    server = await gateway()
    const storm = await order<Stormed>({ do: 'storm', port: server.hello.port })
    say(
      `storm: all back after ${storm.seconds.toFixed(1)} s, ${storm.delivered} messages delivered after ${storm.deliveredSeconds.toFixed(1)} s, ${storm.refused} refused, ${storm.retries} retried`,
    )
    const lost = await missing(url, keys.size)
    cases.push({
      name: 'storm-10000',
      chargers: keys.size,
      seconds: second(storm.seconds),
      deliveredSeconds: second(storm.deliveredSeconds),
      delivered: storm.delivered,
      refused: storm.refused,
      retries: storm.retries,
      lost,
      limit: { refused: 0, lost: 0 },
      met: storm.refused === 0 && lost === 0,
    })
    return cases
  } catch (error) {
    // what comes after stands on what came before it
    const rest = ['idle-10000', 'talk-10000', 'storm-10000'].slice(cases.length)
    say(`${rest[0]}: ${error}`)
    return [...cases, ...rest.map((name) => ({ name, chargers: keys.size, error: String(error), met: false }))]
  } finally {
    await load.end('SIGKILL')
    await server.end('SIGKILL')
    rmSync(data, { recursive: true, force: true })
  }
}

/** Until every charger that came was commissioned and nothing is left to do: seconds that it took. */
async function settledSeconds(url: string, server: Part, chargers: number): Promise<number> {
  const from = performance.now()
  let cpuUs = 0
  while (performance.now() - from < SETTLED_MS) {
    await new Promise((soon) => setTimeout(soon, 2000))
    const done = await connected(url, async (client) => {
      const { rows } = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM charger WHERE commissioned_at IS NOT NULL')
      return rows[0]!.n
    })
    const usage = await server.ask<Pick<Usage, 'cpuUs'>>('cpu')
    const busy = (usage.cpuUs - cpuUs) / 2_000_000
    cpuUs = usage.cpuUs
    if ((done >= chargers || WHICH === 'endpoint') && busy < 0.4) break
  }
  return Math.round((performance.now() - from) / 1000)
}

/** @throws when it takes longer */
async function withinMs<Result>(ms: number, what: string, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, failed) => {
    timer = setTimeout(() => failed(new Error(`${what}: not over after ${ms / 1000} s`)), ms)
  })
  work.catch(() => {})
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/** Messages of the storm that left no row: each charger told of a session and two readings of it. */
const missing = (url: string, chargers: number) =>
  connected(url, async (client) => {
    const { rows } = await client.query<{ sessions: number; readings: number; twice: number }>(
      `SELECT count(*)::int AS sessions, (count(*) - count(DISTINCT port_id))::int AS twice,
         (SELECT count(*)::int FROM meter_reading r JOIN session s ON s.id = r.session_id WHERE s.meter_start_wh = 5000) AS readings
       FROM session WHERE meter_start_wh = 5000`,
    )
    const { sessions, readings, twice } = rows[0]!
    if (twice > 0) throw new Error(`${twice} sessions were recorded twice`)
    return chargers - sessions + (2 * chargers - readings)
  })
