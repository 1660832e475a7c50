import type { RecordedEvent } from '#lib/charging/event.ts'
import { minutes, seconds } from '#lib/time/instant.ts'
import { makeGate } from '../planning/one-at-a-time.ts'
import type { Ctx } from '../runtime.ts'
import { chargersToTell } from '../store/token-list.ts'
import { makeListBook } from './list-book.ts'
import { type Synced, syncList } from './sync-list.ts'

/** Keeps the local lists of all chargers at the version of their depot: wanted version against told version, one loop. */
export type LocalLists = {
  /** Tokens or the policy of a depot changed: its chargers are told within seconds. */
  depot(depotId: string): Promise<void>
  /** A charger came, booted or was set up: it is asked at once. */
  recorded(events: RecordedEvent[]): void
  reconcile(chargerId: string): void
  /** What a person asks of one charger, at once. */
  now(chargerId: string): Promise<void>
  idle(): Promise<void>
  close(): void
}

/** Most chargers have no list or the right one: they are asked many at a time. */
const AT_ONCE = 64
/** Lists are told to a few at a time: they are large messages. */
const TOLD_AT_ONCE = 4
const FIRST_RETRY_MS = seconds(5)
const LAST_RETRY_MS = minutes(60)

export function makeLocalLists(ctx: Pick<Ctx, 'db' | 'clock' | 'links' | 'feed' | 'log'>): LocalLists {
  const told = { ...ctx, book: makeListBook(ctx), largeInTurn: makeGate(TOLD_AT_ONCE) }
  /** Came since their list was last known to be right. */
  const due = new Set<string>()
  const waiting = new Set<string>()
  const working = new Map<string, Promise<void>>()
  const retries = new Map<string, { waitMs: number; timer: NodeJS.Timeout }>()
  let closed = false

  function wake(chargerId: string): void {
    if (closed) return
    waiting.add(chargerId)
    next()
  }

  function next(): void {
    for (const chargerId of waiting) {
      if (closed || working.size >= AT_ONCE) return
      // one that is at work is told again after it
      if (working.has(chargerId)) continue
      waiting.delete(chargerId)
      const work = tell(chargerId).finally(() => {
        working.delete(chargerId)
        next()
      })
      working.set(chargerId, work)
    }
  }

  async function tell(chargerId: string): Promise<void> {
    try {
      const outcome = await syncList(told, chargerId)
      if (outcome.kind === 'synced') due.delete(chargerId)
      if (outcome.kind === 'failed' && outcome.again) again(chargerId)
      else calm(chargerId)
      note(chargerId, outcome)
    } catch (error) {
      if (closed) return
      ctx.log.error({ err: error, charger: chargerId }, 'a local list could not be brought up to date')
      again(chargerId)
    }
  }

  function note(chargerId: string, outcome: Synced): void {
    if (outcome.kind === 'failed') ctx.log.warn({ charger: chargerId, problem: outcome.problem }, 'a charger did not take its local list')
  }

  /** Later, and later each time: the wait is real time, as networks are. */
  function again(chargerId: string): void {
    if (closed) return
    const waitMs = Math.min(LAST_RETRY_MS, (retries.get(chargerId)?.waitMs ?? FIRST_RETRY_MS / 3) * 3)
    clearTimeout(retries.get(chargerId)?.timer)
    const timer = setTimeout(() => wake(chargerId), waitMs)
    timer.unref()
    retries.set(chargerId, { waitMs, timer })
  }

  function calm(chargerId: string): void {
    clearTimeout(retries.get(chargerId)?.timer)
    retries.delete(chargerId)
  }

  return {
    async depot(depotId) {
      for (const chargerId of await chargersToTell(ctx.db.prisma, depotId)) if (!retries.has(chargerId)) wake(chargerId)
    },
    recorded(events) {
      for (const { kind, chargerId } of events) {
        if (kind === 'connected' || kind === 'booted') {
          due.add(chargerId)
          calm(chargerId)
        }
        if (kind === 'disconnected') due.delete(chargerId)
      }
    },
    reconcile(chargerId) {
      if (due.has(chargerId)) wake(chargerId)
    },
    async now(chargerId) {
      calm(chargerId)
      wake(chargerId)
      while (waiting.has(chargerId) || working.has(chargerId)) await Promise.race([...working.values()])
    },
    async idle() {
      while (waiting.size + working.size > 0) await Promise.allSettled([...working.values()])
    },
    close() {
      closed = true
      waiting.clear()
      for (const { timer } of retries.values()) clearTimeout(timer)
    },
  }
}
