import { EventEmitter } from 'node:events'
import { RPCClient } from 'ocpp-rpc'
import pino from 'pino'
import { afterAll } from 'vitest'
import type { RecordedEvent } from '#lib/charging/event.ts'
import { makeClock } from '../clock.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { ensurePartitions } from '../store/partitions.ts'
import { testDatabase } from '../tools/test-store.ts'
import { type Endpoint, type EndpointCtx, type EndpointOptions, startEndpoint } from './endpoint.ts'
import { seed } from './test-seed.ts'

// A depot for tests of this room: one circuit, chargers C1 … Cn with two ports each, tokens, a van; a real database and a real socket.

export type TestDepot = {
  url: string
  db: Database
  ctx: EndpointCtx
  told: RecordedEvent[]
  woken: string[]
  keys: Map<string, string>
  start(options?: Partial<EndpointOptions>): Promise<Endpoint>
}

export async function testDepot(chargers = 2, clock = makeClock()): Promise<TestDepot> {
  const { url } = await testDatabase()
  const db = openDatabase(url)
  const endpoints: Endpoint[] = []
  afterAll(async () => {
    for (const endpoint of endpoints) await endpoint.close(500)
    await db.close()
  })
  const keys = await seed(db, chargers)
  const told: RecordedEvent[] = []
  const woken: string[] = []
  const events = new EventEmitter()
  const ctx: EndpointCtx = {
    env: { ocppAllowNoAuth: false },
    clock,
    log: pino({ level: process.env.LOG_LEVEL ?? 'silent' }),
    db,
    recorded: {
      publish: (all) => {
        told.push(...all)
        events.emit('told', all)
      },
      subscribe: (listener) => {
        events.on('told', listener)
        return () => events.off('told', listener)
      },
    },
    wakes: {
      replan: (_, cause) => woken.push(`replan: ${cause}`),
      reconcile: (id) => woken.push(`reconcile ${id}`),
      touched: (id) => woken.push(`touched ${id}`),
    },
  }
  await ensurePartitions(db.pool, ctx.clock.now())
  const start = async (options: Partial<EndpointOptions> = {}) => {
    const endpoint = await startEndpoint(ctx, { port: 0, host: '127.0.0.1', bootAwaitedMs: 600_000, ...options })
    endpoints.push(endpoint)
    return endpoint
  }
  return { url, db, ctx, told, woken, keys, start }
}

export type TestCharger = RPCClient & { asked: { method: string; params: Record<string, unknown> }[] }

/** A charger on a real socket that accepts all it is asked, unless `answers` says otherwise. */
export async function plugIn(
  depot: Pick<TestDepot, 'keys'>,
  endpoint: Pick<Endpoint, 'port'>,
  identity: string,
  answers: Record<string, (params: Record<string, unknown>) => unknown> = {},
): Promise<TestCharger> {
  const client = new RPCClient({
    endpoint: `ws://127.0.0.1:${endpoint.port}/ocpp`,
    identity,
    password: depot.keys.get(identity) ?? null,
    protocols: ['ocpp1.6'],
    reconnect: false,
    strictMode: false,
    callTimeoutMs: 10_000,
  } as ConstructorParameters<typeof RPCClient>[0])
  const asked: TestCharger['asked'] = []
  client.handle(async ({ method = '', params = {} }) => {
    asked.push({ method, params })
    const answer =
      answers[method]?.(params) ?? (method === 'GetConfiguration' ? { configurationKey: [], unknownKey: [] } : { status: 'Accepted' })
    return (await answer) as Record<string, unknown>
  })
  client.on('badMessage', () => {})
  await client.connect()
  afterAll(() => void client.close({ force: true }).catch(() => {}))
  return Object.assign(client, { asked })
}

/** Waits for a condition, by looking again and again; fails after `ms`. */
export async function until<T>(look: () => T | Promise<T>, ms = 10_000): Promise<NonNullable<T>> {
  const end = performance.now() + ms
  for (;;) {
    const seen = await look()
    if (seen) return seen
    if (performance.now() > end) throw new Error(`still not so after ${ms} ms: ${look}`)
    await new Promise((soon) => setTimeout(soon, 10))
  }
}
