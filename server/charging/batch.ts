import type { RecordedEvent } from '#lib/charging/event.ts'
import { type Instant, iso } from '#lib/time/instant.ts'
import { collectRequests } from '../kpi/collect-requests.ts'
import { type BatchJournalRow, type BatchRows, batchStatement, type MessageRow } from '../store/meter.ts'
import { isCollision, isDatabaseAway } from '../store/unavailable.ts'
import { tell } from './record.ts'
import { meteredOf, meteredRows } from './record-readings.ts'
import type { RecordCtx } from './recording.ts'

/** What one message adds to the next commit. */
export type BatchItem = {
  chargerId: string
  heardAt?: Instant
  message?: MessageRow
  journal?: BatchJournalRow[]
  /** Told to viewers after the commit; readings are stored. */
  event?: RecordedEvent
}

/**
 * Meter readings, heartbeats and the raw log of all chargers in one commit: while one batch is being written the next one gathers.
 * `add` resolves after the commit, with the answer of its message. An item that the database refuses fails alone.
 */
export type Batch = {
  add(item: BatchItem): Promise<unknown>
  drain(): Promise<void>
  waiting(): number
  /** The last commit failed, or many messages wait for theirs: then even what holds no news is answered only when it is written. */
  behind(): boolean
}

/** Messages that wait for their commit without making others wait for theirs. */
const MOST_UNWRITTEN = 4000
/** "Last seen" is told in minutes: a charger that talks much need not have it written with each word. Real ms. */
const SEEN_EVERY_MS = 5_000

type Waiting = { item: BatchItem; done: (answer: unknown) => void; failed: (error: unknown) => void }

export function makeBatch(ctx: RecordCtx, { windowMs = 3, most = 1000 } = {}): Batch {
  let waiting: Waiting[] = []
  let running: Promise<void> | undefined
  let failing = false
  /** When (monotonic) a charger's last sign of life was written. */
  const seen = new Map<string, number>()

  const add = (item: BatchItem): Promise<unknown> =>
    new Promise((done, failed) => {
      waiting.push({ item, done, failed })
      running ??= run()
    })

  async function run() {
    await new Promise((soon) => setTimeout(soon, windowMs))
    let before: Waiting[] = []
    while (waiting.length > 0) {
      const batch = waiting.slice(0, most)
      waiting = waiting.slice(most)
      // the database has its next work before the answers of the last leave
      const committed = commit(batch)
      settle(before)
      before = await committed
    }
    settle(before)
    running = undefined
  }

  /** @returns those whose rows are stored */
  async function commit(batch: Waiting[]): Promise<Waiting[]> {
    try {
      await store(batch.map(({ item }) => item))
      failing = false
      return batch
    } catch (error) {
      failing = true
      if (batch.length > 1 && !isDatabaseAway(error)) {
        const half = Math.ceil(batch.length / 2)
        return [...(await commit(batch.slice(0, half))), ...(await commit(batch.slice(half)))]
      }
      for (const { failed } of batch) failed(error)
      return []
    }
  }

  function settle(stored: Waiting[]): void {
    for (const { item, done } of stored) done(item.message?.answer)
    const events = stored.flatMap(({ item: { event } }) => event ?? [])
    // the answers are written when the promises above have run
    if (events.length > 0) setImmediate(() => tell(ctx, { fresh: events, causes: [] }))
  }

  async function store(items: BatchItem[]) {
    const now = ctx.clock.monotonic()
    const heard = new Map<string, Instant>()
    for (const { chargerId, heardAt } of items)
      if (heardAt !== undefined && now - (seen.get(chargerId) ?? Number.NEGATIVE_INFINITY) >= SEEN_EVERY_MS) heard.set(chargerId, heardAt)
    const waitingPorts = await query({
      at: iso(ctx.clock.now()),
      realAt: iso(ctx.clock.real()),
      heard: Array.from(heard, ([id, at]) => ({ id, at: iso(at) })).sort((a, b) => (a.id < b.id ? -1 : 1)),
      messages: items.flatMap(({ message }) => message ?? []),
      journal: items.flatMap(({ journal }) => journal ?? []),
      ...meteredRows(items.flatMap(({ event }) => meteredOf(event) ?? [])),
    })
    for (const id of heard.keys()) seen.set(id, now)
    if (waitingPorts.size === 0) return
    const events = items.flatMap(({ event }) => (event?.portId !== undefined && waitingPorts.has(event.portId) ? event : []))
    if (events.length === 0) return
    try {
      await ctx.db.prisma.$transaction((db) => collectRequests(db, events), { timeout: 20_000, maxWait: 10_000 })
    } catch (error) {
      if (isDatabaseAway(error)) throw error
      // the readings are stored; a KPI that stumbles over them must not make the chargers send them again
      ctx.log.error({ err: error }, 'charge requests could not be followed')
    }
  }

  async function query(rows: BatchRows): Promise<Set<string>> {
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await ctx.db.pool.query<{ port_id: string }>(batchStatement(rows))
        return new Set(answer.rows.map(({ port_id }) => port_id))
      } catch (error) {
        if (attempt >= 4 || !isCollision(error)) throw error
      }
    }
  }

  return {
    add,
    drain: async () => {
      while (running) await running
    },
    waiting: () => waiting.length,
    behind: () => failing || waiting.length > MOST_UNWRITTEN,
  }
}
