// A server of the bench, in a process of its own: `endpoint` is our charger endpoint on a real database, `gateway` the whole gateway behind it
// (plans, reconciliation, key figures), `bare` an ocpp-rpc server that validates with the same strict schemas and answers at once, `floor` the same that stores each start.
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { Session } from 'node:inspector'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import pino from 'pino'
import { makeClock } from '../clock.ts'
import { readEnv } from '../env.ts'
import { startGateway } from '../gateway.ts'
import { startEndpoint } from '../ocpp/endpoint.ts'
import { createValidator, RPCServer, type RpcClient } from '../ocpp/rpc.ts'
import { openDatabase } from '../store/database.ts'
import { ensurePartitions } from '../store/partitions.ts'
import { makeFloor } from './ocpp.floor.ts'

const servers = { endpoint, gateway, bare: () => bare(), floor: () => bare(makeFloor(process.env.BENCH_URL ?? '')) }
const { port, close } = await servers[process.argv[2] as keyof typeof servers]()
process.send?.({ port })
process.on('disconnect', () => process.exit())
process.on('message', (asked) => {
  // `usage` collects all garbage to tell what is held, which a rate would count as its messages' own
  if (asked === 'usage' || asked === 'spent') {
    process.send?.(asked === 'usage' ? { ...cpu(), ...memory() } : cpu())
    profiled()
  } else if (asked === 'cpu') process.send?.(cpu())
  else if (asked === 'close') void close().then(() => process.exit(0))
})

var MOST_PROFILED_MS = 20_000

/** With BENCH_PROFILE=<folder>: a CPU profile from the first question for its usage to the second, or for 20 s. */
var profiler: Session | undefined
function profiled() {
  const folder = process.env.BENCH_PROFILE
  if (!folder) return
  if (profiler)
    profiler.post('Profiler.stop', (error, stopped) => {
      if (!error) writeFileSync(`${folder}/${process.argv[2]}-${process.pid}.cpuprofile`, JSON.stringify(stopped.profile))
    })
  else {
    profiler = new Session()
    profiler.connect()
    profiler.post('Profiler.enable')
    profiler.post('Profiler.start')
    // a question that waits for a server at its limit would never end it
    setTimeout(profiled, MOST_PROFILED_MS).unref()
  }
}

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as (how: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void

function cpu() {
  const { user, system } = process.cpuUsage()
  return { cpuUs: user + system }
}

/**
 * What is really held: garbage is gone before it is measured, which takes a large process half a second. A plain collection keeps the pages that
 * it empties for later (V8 gives them back after a minute or two without work): a third of the resident memory after 10,000 chargers came.
 */
function memory() {
  gc({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  const { rss, heapUsed } = process.memoryUsage()
  return { rss, heapUsed }
}

async function endpoint() {
  const db = openDatabase(process.env.BENCH_URL ?? '')
  const clock = makeClock()
  await ensurePartitions(db.pool, clock.now())
  const { port, close } = await startEndpoint(
    {
      env: { ocppAllowNoAuth: false },
      clock,
      db,
      log: pino({ level: 'warn' }),
      recorded: { publish: () => {}, subscribe: () => () => {} },
      wakes: { replan: () => {}, reconcile: () => {}, touched: () => {} },
    },
    { port: 0, host: '127.0.0.1', bootAwaitedMs: 600_000 },
  )
  return {
    port,
    async close() {
      await close(3000)
      await db.close()
    },
  }
}

async function gateway() {
  const { BENCH_URL, BENCH_DATA, BENCH_PORT = '0' } = process.env
  const env = readEnv({ DATABASE_URL: BENCH_URL, DATA_DIR: BENCH_DATA, OCPP_PORT: BENCH_PORT, HOST: '127.0.0.1', LOG_LEVEL: 'warn' })
  const { ocppPort, close } = await startGateway(env)
  return { port: ocppPort, close }
}

async function bare(floor?: ReturnType<typeof makeFloor>) {
  const schemas: Record<string, unknown>[] = createRequire(import.meta.url)('ocpp-rpc/lib/schemas/ocpp1_6.json')
  const server = new RPCServer({ protocols: ['ocpp1.6'], strictMode: true, strictModeValidators: [createValidator('ocpp1.6', schemas)] })
  let transactions = 0
  const answers: Record<string, () => Record<string, unknown>> = {
    Heartbeat: () => ({ currentTime: new Date().toISOString() }),
    StartTransaction: () => ({ transactionId: ++transactions, idTagInfo: { status: 'Accepted' } }),
  }
  server.on('client', (client: RpcClient & { identity: string }) => {
    client.handle(async ({ method, params }) =>
      floor && method === 'StartTransaction'
        ? { transactionId: await floor(client.identity, params as never), idTagInfo: { status: 'Accepted' } }
        : (answers[method]?.() ?? {}),
    )
  })
  const http = createServer({ noDelay: true })
  http.on('upgrade', (request, socket, head) => void server.handleUpgrade(request, socket as never, head))
  await new Promise<void>((listening) => http.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, listening))
  return { port: (http.address() as AddressInfo).port, close: async () => {} }
}
