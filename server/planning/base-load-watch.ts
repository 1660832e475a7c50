import { valueAt } from '#lib/planning/curve.ts'
import { baseLoadCurve } from '#lib/planning/depot-facts.ts'
import { hours, plus } from '#lib/time/instant.ts'
import type { Ctx } from '../runtime.ts'
import { anyCharger, readBaseLoad } from '../store/site.ts'

/** Looks whether the base load of a depot is more than it was: then room is made at once, and a new plan follows. */
export function makeBaseLoadWatch(ctx: Ctx): (depotId: string) => Promise<void> {
  const seen = new Map<string, number>()
  return async (depotId) => {
    const now = ctx.clock.now()
    const rows = await readBaseLoad(ctx.db.prisma, depotId, plus(now, -hours(2)), plus(now, hours(2)))
    let rose = false
    for (const nodeId of new Set(rows.map((row) => row.nodeId))) {
      const mine = rows.filter((row) => row.nodeId === nodeId)
      const loadW = valueAt(baseLoadCurve(mine, now), now)
      rose ||= loadW > (seen.get(nodeId) ?? loadW)
      seen.set(nodeId, loadW)
    }
    if (!rose) return
    const chargerId = await anyCharger(ctx.db.prisma, depotId)
    if (chargerId !== undefined) ctx.wakes.reconcile(chargerId)
    ctx.wakes.replan(depotId, 'the base load rose')
  }
}
