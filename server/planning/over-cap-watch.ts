import { type Instant, seconds } from '#lib/time/instant.ts'
import { overNow } from '../live/over-cap.ts'
import type { Ctx } from '../runtime.ts'
import { writeJournal } from '../store/journal.ts'
import { OVER_CAP, overCapSince, UNDER_CAP } from '../store/over-cap.ts'

/** Measured power may be over a cap for so long, by who does not obey or what nobody foresaw (source: spec "ocpp", The envelope). */
const MAY_LAST_MS = seconds(90)
/** … and chargers of a clock that runs faster need time of their own to follow. */
const LEAST_REAL_MS = seconds(5)

/**
 * Looks whether a node carries more than its cap, by what is measured, for longer than the envelope explains. That it does, since when, and that it is
 * over, stands in the journal; server/live/over-cap.ts tells it with who draws it.
 */
export function makeOverCapWatch(ctx: Ctx): (depotId: string) => Promise<void> {
  const since = new Map<string, Instant>()
  /** By depot: what the journal says of its nodes. */
  const told = new Map<string, Map<string, Instant>>()

  return async (depotId) => {
    const now = ctx.clock.now()
    const over = await overNow(ctx, depotId)
    const open = told.get(depotId) ?? (await overCapSince(ctx.db, depotId))
    told.set(depotId, open)
    const key = (nodeId: string) => `${depotId} ${nodeId}`
    let news = false
    for (const { nodeId, overW, capW } of over) {
      const from = since.get(key(nodeId)) ?? now
      since.set(key(nodeId), from)
      if (open.has(nodeId) || now - from < Math.max(MAY_LAST_MS, LEAST_REAL_MS * ctx.clock.speed)) continue
      const data = { since: from, overW: Math.round(overW), capW }
      await writeJournal(ctx.db.prisma, ctx.clock, { depotId, actor: 'system', kind: OVER_CAP, subject: nodeId, data })
      open.set(nodeId, from)
      ctx.log.warn({ depotId, nodeId, overW, capW }, 'a node carries more than its cap')
      news = true
    }
    for (const nodeId of [...since.keys()].flatMap((each) => (each.startsWith(`${depotId} `) ? each.slice(depotId.length + 1) : [])))
      if (!over.some((each) => each.nodeId === nodeId)) since.delete(key(nodeId))
    for (const [nodeId, from] of [...open]) {
      if (over.some((each) => each.nodeId === nodeId)) continue
      await writeJournal(ctx.db.prisma, ctx.clock, { depotId, actor: 'system', kind: UNDER_CAP, subject: nodeId, data: { since: from } })
      open.delete(nodeId)
      news = true
    }
    if (news) ctx.feed.publish({ kind: 'changed', depotId, what: 'alerts' })
  }
}
