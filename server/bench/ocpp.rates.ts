// Rates at 1,000 chargers: ours, answered after the commit, and bare ocpp-rpc in turns in the same run.
import { connected } from '../store/postgres/admin.ts'
import type { Kind, Measured, Order } from './ocpp.load.ts'
import { postgresCpuUs, start } from './ocpp.process.ts'

export type Bench = { url: string; postgresPid: number | undefined; keys: Map<string, string>; say(text: string): void }
type Usage = { cpuUs: number }
type Round = Measured & { serverUs: number; postgresUs: number | undefined; loadUs: number }

const SECONDS = { warm: 1, measured: 3 }
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 2)
export const CONNECTORS = 80

/** @param least the share of the bare server's rate that is promised */
export async function rateCase(bench: Bench, name: string, kind: Kind, chargers: number, least: number | undefined) {
  const ours: Round[] = []
  const bare: Round[] = []
  // what a start costs at least, so that the ratio to what is possible stands beside the ratio to bare
  const floor: Round[] = []
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(await measure(bench, 'bare', kind, chargers))
    ours.push(await measure(bench, 'endpoint', kind, chargers))
    if (kind === 'StartTransaction') floor.push(await measure(bench, 'floor', kind, chargers))
    const least = floor.length > 0 ? `; floor ${words(floor.at(-1)!)}` : ''
    bench.say(`${name}, round ${round + 1}: ours ${words(ours.at(-1)!)}; bare ${words(bare.at(-1)!)}${least}`)
  }
  const [own, raw] = [mean(ours), mean(bare)]
  const throughputRatio = Math.round((own.perSecond / raw.perSecond) * 1000) / 1000
  return {
    name,
    chargers,
    ...sides(own, raw),
    throughputRatio,
    ...(floor.length > 0 && floorOf(mean(floor), raw)),
    ...(least === undefined ? {} : { limit: { throughputRatio: least }, met: throughputRatio >= least }),
  }
}

/** Latency with messages due on a schedule, at a share of the bare server's rate (of ours, where that would be more than we can do). */
export async function latencyCase(
  bench: Bench,
  name: string,
  kind: Kind,
  chargers: number,
  rates: { own: number; bare: number },
  most: number,
) {
  const share = 0.3
  const ofBare = rates.bare * share < rates.own * 0.8
  const ratePerSecond = Math.round((ofBare ? rates.bare : rates.own) * share)
  const ours: Round[] = []
  const bare: Round[] = []
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(await measure(bench, 'bare', kind, chargers, ratePerSecond))
    ours.push(await measure(bench, 'endpoint', kind, chargers, ratePerSecond))
    bench.say(`${name}, round ${round + 1} at ${ratePerSecond}/s: ours ${words(ours.at(-1)!)}; bare ${words(bare.at(-1)!)}`)
  }
  const [own, raw] = [mean(ours), mean(bare)]
  const p99Ratio = Math.round((own.p99Ms / raw.p99Ms) * 100) / 100
  return {
    name,
    chargers,
    ratePerSecond,
    loadOf: ofBare ? 'bare' : 'own',
    ...sides(own, raw),
    p99Ratio,
    limit: { p99Ratio: most },
    met: p99Ratio <= most,
  }
}

const floorOf = (floor: Round, raw: Round) => ({
  floorPerSecond: floor.perSecond,
  floorRatio: Math.round((floor.perSecond / raw.perSecond) * 1000) / 1000,
  floorCpuUsPerMessage: { server: floor.serverUs, postgres: floor.postgresUs, load: floor.loadUs },
})

const sides = (own: Round, raw: Round) => ({
  perSecond: own.perSecond,
  barePerSecond: raw.perSecond,
  p50Ms: own.p50Ms,
  p99Ms: own.p99Ms,
  bareP50Ms: raw.p50Ms,
  bareP99Ms: raw.p99Ms,
  cpuUsPerMessage: { server: own.serverUs, postgres: own.postgresUs, load: own.loadUs, bare: raw.serverUs },
})

const words = ({ perSecond, p50Ms, p99Ms, serverUs, postgresUs, loadUs }: Round) =>
  `${perSecond}/s, p50 ${p50Ms}, p99 ${p99Ms} ms (µs a message: server ${serverUs}, load ${loadUs}${postgresUs ? `, PostgreSQL ${postgresUs}` : ''})`

function mean(all: Round[]): Round {
  const of = (key: keyof Round) => Math.round((all.reduce((sum, each) => sum + (each[key] ?? 0), 0) / all.length) * 100) / 100
  const { perSecond, ...rest } = { perSecond: Math.round(of('perSecond')), p50Ms: of('p50Ms'), p99Ms: of('p99Ms'), cpuUs: of('cpuUs') }
  return { perSecond, ...rest, serverUs: of('serverUs'), postgresUs: of('postgresUs'), loadUs: of('loadUs') }
}

async function measure(
  bench: Bench,
  which: 'bare' | 'endpoint' | 'floor',
  kind: Kind,
  chargers: number,
  ratePerSecond?: number,
): Promise<Round> {
  const { url, keys, postgresPid } = bench
  if (which !== 'bare') await endSessions(url)
  const server = await start<{ port: number }>('ocpp.server.ts', [which], { BENCH_URL: url }, true)
  try {
    const load = await start('ocpp.load.ts', [], {}, false)
    const order: Order = {
      port: server.hello.port,
      kind,
      keys: [...keys].slice(0, chargers),
      connectors: CONNECTORS,
      ...SECONDS,
      ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
    }
    await load.ask(order)
    const measuring = load.ask<Measured>('go')
    const [serverFrom, postgresFrom, at] = [await server.ask<Usage>('spent'), postgresCpuUs(postgresPid), performance.now()]
    const measured = await measuring
    const seconds = (performance.now() - at) / 1000
    const [serverTo, postgresTo] = [await server.ask<Usage>('spent'), postgresCpuUs(postgresPid)]
    await load.end('SIGKILL')
    const messages = measured.perSecond * seconds
    const each = (us: number) => Math.round(us / messages)
    return {
      ...measured,
      serverUs: each(serverTo.cpuUs - serverFrom.cpuUs),
      postgresUs: postgresFrom === undefined || which === 'bare' ? undefined : each(postgresTo! - postgresFrom),
      loadUs: Math.round(measured.cpuUs / (measured.perSecond * SECONDS.measured)),
    }
  } finally {
    await server.end()
  }
}

/** Each round's starts find their ports free, as after an ordinary end: what began has had its energy. */
const endSessions = (url: string) =>
  connected(url, async (client) => {
    await client.query("UPDATE session SET stopped_at = started_at, stop_reason = 'Other' WHERE stopped_at IS NULL")
    await client.query(
      "UPDATE charge_request SET powered_at = accepted_at, ended_at = accepted_at, outcome = 'STARTED_IN_SLA' WHERE ended_at IS NULL",
    )
    // as autovacuum would have done long before the next evening
    await client.query('VACUUM ANALYZE session, charge_request')
  })
