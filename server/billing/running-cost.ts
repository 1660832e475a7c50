import type { RecordedEvent } from '#lib/charging/event.ts'
import { seconds } from '#lib/time/instant.ts'
import type { Ctx } from '../runtime.ts'
import { openSessionIds } from '../store/billing.ts'
import { priceSession } from './price-session.ts'

/**
 * Keeps the cost of running sessions fresh: every 10 s of depot time (at most once a real second) it prices those of which something was
 * recorded, then has viewers see their ports. Begins with all open sessions. @returns stops it.
 */
export function startPricing(ctx: Pick<Ctx, 'clock' | 'db' | 'recorded' | 'wakes' | 'log'>): () => void {
  /** Session → the port to show; null when it is not known. */
  const dirty = new Map<number, string | null>()
  let busy = false
  let lastAt = Number.NEGATIVE_INFINITY
  const unsubscribe = ctx.recorded.subscribe((events) => {
    for (const event of events) {
      const session = sessionOf(event)
      if (session !== undefined) dirty.set(session, event.portId ?? null)
    }
  })
  const price = async () => {
    const sessions = [...dirty]
    dirty.clear()
    for (const [session, portId] of sessions) {
      try {
        await ctx.db.prisma.$transaction((db) => priceSession(db, session))
        if (portId) ctx.wakes.touched(portId)
      } catch (error) {
        ctx.log.error({ error, session }, `session ${session} could not be priced; tried again with its next reading`)
      }
    }
  }
  const stop = ctx.clock.every(seconds(10), () => {
    if (busy || dirty.size === 0 || ctx.clock.monotonic() - lastAt < 1000) return
    busy = true
    lastAt = ctx.clock.monotonic()
    void price().finally(() => {
      busy = false
    })
  })
  openSessionIds(ctx.db.prisma)
    .then((ids) => {
      for (const id of ids) if (!dirty.has(id)) dirty.set(id, null)
    })
    .catch((error: unknown) => ctx.log.error({ error }, 'open sessions could not be read for pricing'))
  return () => {
    stop()
    unsubscribe()
  }
}

/** A stopped session is priced by the recording of its stop; readings that come later count too. */
const sessionOf = (event: RecordedEvent): number | undefined =>
  event.kind === 'metered' || event.kind === 'started' || event.kind === 'stopped'
    ? (event.session ?? ('sessionId' in event ? event.sessionId : undefined))
    : undefined
