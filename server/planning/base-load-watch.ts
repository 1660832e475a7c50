import { baseLoadCurve, METER_MEMORY_MS, meterLostSince, unevenLoad } from '#lib/planning/base-load.ts'
import { valueAt } from '#lib/planning/curve.ts'
import { PHASES } from '#lib/planning/phase-parts.ts'
import { hours, type Instant, plus } from '#lib/time/instant.ts'
import type { Ctx } from '../runtime.ts'
import { anyCharger } from '../store/charger-site.ts'
import { writeJournal, writeJournalOnce } from '../store/journal.ts'
import { readBaseLoad } from '../store/site.ts'

/** What a node draws beside its chargers, and what one phase carries above the mean of all. */
type Load = { w: number; unevenMa: ReturnType<typeof unevenLoad> }
const isMore = (load: Load, before: Load): boolean =>
  load.w > before.w || PHASES.some((phase) => (load.unevenMa?.[phase] ?? 0) > (before.unevenMa?.[phase] ?? 0))

/**
 * Looks whether the base load of a depot, or of one of its phases, is more than it was, or its meter fell silent: then room is made at once, and a new plan follows.
 * That a meter is lost, and that it is back, stands in the journal.
 */
export function makeBaseLoadWatch(ctx: Ctx): (depotId: string) => Promise<void> {
  const seen = new Map<string, Load>()
  const lost = new Map<string, Instant>()

  async function tell(depotId: string, nodeId: string, since: Instant | undefined): Promise<void> {
    const before = lost.get(nodeId)
    if (since === before) return
    const entry = { depotId, actor: 'system', subject: nodeId }
    if (since === undefined) {
      lost.delete(nodeId)
      await writeJournal(ctx.db.prisma, ctx.clock, { ...entry, kind: 'safety.meterBack' })
    } else {
      lost.set(nodeId, since)
      await writeJournalOnce(ctx.db.prisma, ctx.clock, since, { ...entry, kind: 'safety.meterLost', data: { since } })
      ctx.log.warn({ depotId, nodeId, since }, 'the meter of the site is silent')
    }
    ctx.feed.publish({ kind: 'changed', depotId, what: 'alerts' })
  }

  return async (depotId) => {
    const now = ctx.clock.now()
    const rows = await readBaseLoad(ctx.db.prisma, depotId, plus(now, -METER_MEMORY_MS), plus(now, hours(2)))
    let rose = false
    for (const [nodeId, mine] of Map.groupBy(rows, (row) => row.nodeId)) {
      const load = { w: valueAt(baseLoadCurve(mine, now), now), unevenMa: unevenLoad(mine, now) }
      rose ||= isMore(load, seen.get(nodeId) ?? load)
      seen.set(nodeId, load)
      await tell(depotId, nodeId, meterLostSince(mine, now))
    }
    if (!rose) return
    const chargerId = await anyCharger(ctx.db.prisma, depotId)
    if (chargerId !== undefined) ctx.wakes.reconcile(chargerId)
    ctx.wakes.replan(depotId, 'the base load rose')
  }
}
