import type { RecordedEvent } from '#lib/charging/event.ts'
import { type Instant, iso } from '#lib/time/instant.ts'
import { collectRequests } from '../kpi/collect-requests.ts'
import { type BatchJournalRow, type BatchRows, batchStatement, type MessageRow } from '../store/meter.ts'
import { isCollision, isDatabaseAway } from '../store/unavailable.ts'
import { tell } from './record.ts'
import { type Metered, meteredRows } from './record-readings.ts'
import type { RecordCtx } from './recording.ts'

/** What one message adds to the next commit. */
export type BatchItem = {
  chargerId: string
  heardAt?: Instant
  messages: MessageRow[]
  metered?: Metered[]
  journal?: BatchJournalRow[]
  /** Told to viewers after the commit. */
  events?: RecordedEvent[]
}

/**
 * Meter readings, heartbeats and the raw log of all chargers in one commit: while one batch is being written the next one gathers.
 * `add` resolves after the commit. An item that the database refuses fails alone.
 */
export type Batch = {
  add(item: BatchItem): Promise<void>
  drain(): Promise<void>
  waiting(): number
  /** The last commit failed, or many messages wait for theirs: then even what holds no news is answered only when it is written. */
  behind(): boolean
}

/** Messages that wait for their commit without making others wait for theirs. */
const MOST_UNWRITTEN = 4000
/** "Last seen" is told in minutes: a charger that talks much need not have it written with each word. Real ms. */
const SEEN_EVERY_MS = 5_000

type Waiting = { item: BatchItem; done: () => void; failed: (error: unknown) => void }

export function makeBatch(ctx: RecordCtx, { windowMs = 3, most = 400 } = {}): Batch {
  let waiting: Waiting[] = []
  let running: Promise<void> | undefined
  let failing = false
  /** When (monotonic) a charger's last sign of life was written. */
  const seen = new Map<string, number>()

  const add = (item: BatchItem): Promise<void> =>
    new Promise((done, failed) => {
      waiting.push({ item, done, failed })
      running ??= run()
    })

  async function run() {
    await new Promise((soon) => setTimeout(soon, windowMs))
    while (waiting.length > 0) {
      const batch = waiting.slice(0, most)
      waiting = waiting.slice(most)
      await commit(batch)
    }
    running = undefined
  }

  async function commit(batch: Waiting[]): Promise<void> {
    try {
      await store(batch.map(({ item }) => item))
      failing = false
    } catch (error) {
      failing = true
      if (batch.length === 1 || isDatabaseAway(error)) for (const { failed } of batch) failed(error)
      else for (const each of batch) await commit([each])
      return
    }
    for (const { done } of batch) done()
    const events = batch.flatMap(({ item }) => item.events ?? [])
    // the answers are written when the promises above have run
    if (events.length > 0) setImmediate(() => tell(ctx, { fresh: events, causes: [] }))
  }

  async function store(items: BatchItem[]) {
    const metered = items.flatMap(({ metered: each }) => each ?? [])
    const now = ctx.clock.monotonic()
    const heard = new Map<string, Instant>()
    for (const { chargerId, heardAt } of items)
      if (heardAt !== undefined && now - (seen.get(chargerId) ?? Number.NEGATIVE_INFINITY) >= SEEN_EVERY_MS) heard.set(chargerId, heardAt)
    const waitingPorts = await query({
      at: iso(ctx.clock.now()),
      realAt: iso(ctx.clock.real()),
      heard: Array.from(heard, ([id, at]) => ({ id, at: iso(at) })).sort((a, b) => (a.id < b.id ? -1 : 1)),
      messages: items.flatMap(({ messages }) => messages),
      journal: items.flatMap(({ journal }) => journal ?? []),
      ...meteredRows(metered),
    })
    for (const id of heard.keys()) seen.set(id, now)
    if (waitingPorts.size === 0) return
    const events = items.flatMap(({ events: each }) => each ?? []).filter(({ portId }) => portId !== undefined && waitingPorts.has(portId))
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
