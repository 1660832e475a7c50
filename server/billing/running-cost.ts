import type { RecordedEvent } from '#lib/charging/event.ts'
import { seconds } from '#lib/time/instant.ts'
import type { Ctx } from '../runtime.ts'
import { openSessionIds } from '../store/billing.ts'
import { inTransaction } from '../store/sql.ts'
import { isCollision, isDatabaseAway } from '../store/unavailable.ts'
import { priceSessions } from './price-session.ts'

/** So many sessions share a transaction. */
const MOST = 200

/**
 * Keeps the cost of running sessions fresh: every 10 s of depot time (at most once a real second) it prices those of which something was
 * recorded, then has viewers see their ports; what the database could not do now is done next time. Begins with all open sessions. @returns stops it.
 */
export function startPricing(ctx: Pick<Ctx, 'clock' | 'db' | 'recorded' | 'wakes' | 'log'>, leaveRoom = async () => {}): () => void {
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
    for (let from = 0; from < sessions.length; from += MOST) {
      await leaveRoom()
      await priceSome(sessions.slice(from, from + MOST))
    }
  }
  const priceSome = async (some: [number, string | null][]) => {
    try {
      const failed = await inTransaction(ctx.db, (sql) =>
        priceSessions(
          sql,
          some.map(([session]) => session),
        ),
      )
      for (const [session, error] of failed) ctx.log.error({ error, session }, `session ${session} could not be priced`)
      for (const [session, portId] of some) if (portId && !failed.has(session)) ctx.wakes.touched(portId)
    } catch (error) {
      if (isDatabaseAway(error) || isCollision(error)) {
        ctx.log.warn({ error }, `${some.length} sessions could not be priced now; tried again`)
        for (const [session, portId] of some) if (!dirty.has(session)) dirty.set(session, portId)
      } else if (some.length > 1) for (const each of some) await priceSome([each])
      else ctx.log.error({ error, session: some[0]![0] }, `session ${some[0]![0]} could not be priced; tried again with its next reading`)
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
