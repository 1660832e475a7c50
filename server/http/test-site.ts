import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { Role, Scope } from '#lib/auth/role.ts'
import type { LiveEvent } from '#lib/live/event.ts'
import { type Instant, instant } from '#lib/time/instant.ts'
import { createApiKey } from '#server/auth/api-keys.ts'
import { createUser } from '#server/auth/create-user.ts'
import { sessionCookie } from '#server/auth/session-token.ts'
import { type Clock, makeClock } from '#server/clock.ts'
import { readEnv } from '#server/env.ts'
import { makeLog } from '#server/log.ts'
import type { Reach } from '#server/planning/facts.ts'
import { directPlanner } from '#server/planning/planner.ts'
import { helpTurns } from '#server/planning/what-would-help.ts'
import { type Runtime, setRuntime } from '#server/runtime.ts'
import { openDatabase } from '#server/store/database.ts'
import { testDatabase } from '#server/tools/test-store.ts'
import type { Door } from './route.ts'

/** Tuesday 18 November 2025, 21:47 in Berlin: the evening of the design's screens. */
export const EVENING = instant('2025-11-18T20:47:00Z')

/** Every charger is there, and nothing is on its way to any. */
export const REACH: Reach = { speed: 1, online: () => true, inFlight: () => false, asked: () => false }

type Knock = { params?: Record<string, string>; body?: unknown; query?: string }

/** What a door of the depot `north` says to somebody with these headers, and its status. */
export async function askDoor<Told>(
  door: Door,
  headers: Record<string, string>,
  { params = {}, body, query = '' }: Knock = {},
): Promise<Told & { status: number }> {
  const { method } = door.contract
  const request = new Request(`http://depot.test/x${query}`, {
    method,
    headers: { host: 'depot.test', ...headers },
    ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
  })
  const response = await door(request, { params: Promise.resolve({ depot: 'north', ...params }) })
  return { ...((await response.json()) as Told), status: response.status }
}

export type GatewayCall = { verb: string; input: Record<string, unknown> }
export type Site = Awaited<ReturnType<typeof testSite>>

/**
 * A web process without its server: real PostgreSQL, real doors, a gateway that writes down what it is asked.
 * `at(...)` sets the depot's time; `answers` is what the gateway says.
 */
export async function testSite() {
  const { url } = await testDatabase()
  const db = openDatabase(url, 6)
  const dataDir = mkdtempSync(join(tmpdir(), 'yardwatt-doors-'))
  const env = readEnv({ NODE_ENV: 'test', DATABASE_URL: url, DATA_DIR: dataDir, APP_SECRET: 'a secret of thirty-two characters or more' })
  const time = { now: EVENING }
  const clock: Clock = { ...makeClock(), now: () => time.now }
  const listeners = new Set<(event: LiveEvent) => void>()
  const calls: GatewayCall[] = []
  const answers: Record<string, (input: Record<string, unknown>) => unknown> = {}
  const ctx: Runtime = {
    role: 'web',
    env,
    clock,
    log: makeLog('test', 'silent'),
    db,
    links: { call: async () => ({ kind: 'offline' }), online: () => false, drop: () => {} },
    feed: {
      publish: (event) => {
        for (const listener of listeners) listener(event)
      },
      subscribe: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    recorded: { publish: () => {}, subscribe: () => () => {} },
    wakes: { replan: () => {}, reconcile: () => {}, touched: () => {} },
    gateway: {
      async call(verb, input) {
        calls.push({ verb, input: input as Record<string, unknown> })
        return answers[verb]?.(input as Record<string, unknown>) ?? {}
      },
    },
    planner: directPlanner(),
    helping: helpTurns(),
  }
  setRuntime(ctx)
  afterAll(async () => {
    await db.close()
    rmSync(dataDir, { recursive: true })
  })
  return {
    ctx,
    db,
    calls,
    answers,
    listeners,
    at: (now: Instant) => {
      time.now = now
    },
    /** Headers of a person with this role. */
    as: async (role: Role, depotIds: string[] = [], driverId?: string): Promise<Record<string, string>> => {
      const email = `${role}.${depotIds.join('.')}.${driverId ?? ''}@depot.test`
      const known = await db.prisma.user.findUnique({ where: { email } })
      const id =
        known?.id ?? (await createUser(ctx, { email, name: `A ${role}`, role, password: 'correct horse battery', depotIds, driverId }))
      return { cookie: await sessionCookie(env, id) }
    },
    withKey: async (scopes: Scope[], depotId?: string): Promise<Record<string, string>> => {
      const { secret } = await createApiKey(ctx, { name: 'test', scopes, depotId }, 'test')
      return { authorization: `Bearer ${secret}` }
    },
  }
}
