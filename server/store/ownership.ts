import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { z } from 'zod'
import { type Instant, iso } from '#lib/time/instant.ts'
import type { Database } from './database.ts'

/** Who may record for the chargers of a database and send to them: one gateway, at any time. */
export type Ownership = {
  /** False from the moment in which the lock's connection is lost until it is taken again. */
  held(): boolean
  /** Undefined while it is held; else resolves when it is again, and rejects, as a database that is away does, when that takes long. */
  regained(): Promise<void> | undefined
  release(): Promise<void>
}

type Options = {
  now: Instant
  /** Once, when another gateway took the database while our connection to it was lost: stop. */
  stopped(sentence: string): void
  /** How long a predecessor that is just ending is waited for (real ms). */
  waitMs?: number
}

/** A session lock of the database, so that it ends with the process that holds it, however that ends. */
const LOCK = 72_707_370
const KEY = 'gateway.owner'
/** A gateway that is told to stop has six seconds; the kernel tells the database of one that was killed at once. */
const WAIT_MS = 6_500
const BEAT_MS = 2_000
/** Shorter than the time after which the database gives a silent connection up (`SILENT`), so that we stop before another may begin. */
const ANSWER_MS = 4_000
const SILENT = 'SET tcp_keepalives_idle = 4; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; SET tcp_user_timeout = 10000'
const PATIENCE_MS = 2_000
const RETRY_MS = 200

const ownerRow = z.object({ instance: z.string(), host: z.string(), pid: z.number(), since: z.string() })
type Owner = z.infer<typeof ownerRow>

/**
 * Takes the database of `url` for this process: before it listens to chargers, and before it says that none is connected.
 * @throws Error with one sentence when another gateway has it and keeps it.
 */
export async function ownDatabase(url: string, { now, stopped, waitMs = WAIT_MS }: Options): Promise<Ownership> {
  const me: Owner = { instance: randomUUID(), host: hostname(), pid: process.pid, since: iso(now) }
  const mark = `yardwatt owner ${me.instance}`
  let client = await firstTaken(url, mark, me, waitMs)
  let held = true
  let over = false
  let again = Promise.withResolvers<void>()
  watch()

  function watch() {
    const watched = client
    const gone = () => {
      if (watched === client && held && !over) void lost()
    }
    watched.on('error', gone)
    watched.on('end', gone)
  }
  const beat = setInterval(() => {
    if (!held) return
    const asked = client
    asked.query('SELECT 1').catch(() => {
      if (asked === client && held && !over) void lost()
    })
  }, BEAT_MS)
  beat.unref()

  async function lost() {
    held = false
    again = Promise.withResolvers()
    again.promise.catch(() => {})
    drop(client)
    for (;;) {
      if (over) return
      const found = await takenAgain(url, mark, me).catch(() => undefined)
      if (found && 'client' in found) {
        if (over) return drop(found.client)
        client = found.client
        held = true
        watch()
        return again.resolve()
      }
      if (found && !over) {
        over = true
        return stopped(found.sentence)
      }
      await pause(RETRY_MS)
    }
  }

  return {
    held: () => held,
    regained: () => (held ? undefined : soon(again.promise)),
    async release() {
      over = true
      held = false
      clearInterval(beat)
      await client.end().catch(() => {})
    },
  }
}

/** What goes to the database waits for `ownership`: a gateway that may have lost it must not write. Transactions under way end by themselves. */
export function writeAsOwner({ pool, pipelined }: Pick<Database, 'pool' | 'pipelined'>, ownership: Ownership): void {
  for (const each of [pool, pipelined]) gate(each, ownership)
}

function gate(pool: pg.Pool, ownership: Ownership): void {
  const connect = pool.connect.bind(pool)
  type Taken = Parameters<typeof connect>[0]
  const gated = (taken?: Taken) => {
    const wait = ownership.regained()
    if (!taken) return wait ? wait.then(() => connect()) : connect()
    if (!wait) return connect(taken)
    wait.then(
      () => connect(taken),
      (error: Error) => taken(error, undefined, () => {}),
    )
  }
  Object.assign(pool, { connect: gated })
}

async function firstTaken(url: string, mark: string, me: Owner, waitMs: number): Promise<pg.Client> {
  const client = await connect(url, mark)
  try {
    for (const until = performance.now() + waitMs; !(await lock(client)); await pause(RETRY_MS))
      if (performance.now() > until) throw new Error(refusal(await owner(client)))
    await client.query('INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value', [KEY, me])
    return client
  } catch (error) {
    drop(client)
    throw error
  }
}

/** Undefined: not yet, ask again. */
async function takenAgain(url: string, mark: string, me: Owner): Promise<{ client: pg.Client } | { sentence: string } | undefined> {
  const client = await connect(url, mark)
  try {
    const mine = await lock(client)
    const last = await owner(client)
    // it may have come and gone meanwhile: what we remember of the chargers is not what it wrote
    if (last && last.instance !== me.instance) {
      drop(client)
      return { sentence: `This gateway lost its database for a while, and another one took its place. ${refusal(last)}` }
    }
    if (mine) return { client }
    // our own old connection, which the server has not missed yet
    await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()', [
      mark,
    ])
    drop(client)
    return undefined
  } catch (error) {
    drop(client)
    throw error
  }
}

async function connect(url: string, mark: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: mark,
    keepAlive: true,
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
  })
  client.on('error', () => {}) // whoever waits for an answer hears of it
  try {
    await client.connect()
    await client.query(SILENT)
    return client
  } catch (error) {
    drop(client)
    throw error
  }
}

const lock = async (client: pg.Client): Promise<boolean> =>
  (await client.query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS mine', [LOCK])).rows[0]?.mine ?? false

const owner = async (client: pg.Client): Promise<Owner | undefined> =>
  ownerRow.safeParse((await client.query<{ value: unknown }>('SELECT value FROM setting WHERE key = $1', [KEY])).rows[0]?.value).data

const drop = (client: pg.Client): void => void client.end().catch(() => {})

const refusal = (last: Owner | undefined): string =>
  `Another gateway serves this database${last ? `: process ${last.pid} on ${last.host}, since ${last.since.slice(0, 16).replace('T', ' ')} UTC` : ''}. Stop that one first, or give this one a database of its own with DATABASE_URL.`

const soon = (work: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, failed) => {
    // the code of a server that is not ready yet: callers treat it as a database that is away
    timer = setTimeout(() => failed(Object.assign(new Error('the database is not ours yet'), { code: '57P03' })), PATIENCE_MS)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
