import type { AlertView } from '#lib/api/overview.ts'
import { nearText } from '#lib/format/time.ts'
import { METER_MEMORY_MS, meterLostSince } from '#lib/planning/base-load.ts'
import { type Instant, plus } from '#lib/time/instant.ts'
import { type PlanTrouble, planTrouble } from '#server/store/plan-trouble.ts'
import { readBaseLoad } from '#server/store/site.ts'
import type { Seeing } from './views.ts'

/** What stands in the way of a good plan: the planner itself, and a site meter that fell silent. */
export async function planAlerts(ctx: Seeing, depotId: string, zone: string): Promise<AlertView[]> {
  const now = ctx.clock.now()
  const trouble = await planTrouble(ctx.db, depotId)
  const loads = await readBaseLoad(ctx.db.prisma, depotId, plus(now, -METER_MEMORY_MS), plus(now, 1))
  const planner: AlertView[] = trouble
    ? [
        {
          key: 'plan',
          mark: 'serious',
          what: 'No new plan can be made',
          why: troubleText(trouble, now, zone),
          since: trouble.since,
          href: '/plan',
        },
      ]
    : []
  const meters = [...Map.groupBy(loads, ({ nodeId }) => nodeId)].flatMap(([nodeId, rows]): AlertView[] => {
    const since = meterLostSince(rows, now)
    if (since === undefined) return []
    const why =
      'Until it is back, what it told last above its forecast is kept free beside every forecast. Look whether the meter is connected.'
    return [{ key: `meter:${nodeId}`, mark: 'serious', what: 'The meter of the building’s load is silent', why, since, href: '/site' }]
  })
  return [...planner, ...meters]
}

/** What it means that the planner fails, and what holds meanwhile. */
export const troubleText = ({ planAt, isSafe }: PlanTrouble, now: Instant, zone: string): string => {
  if (planAt === null) return 'The planner failed and is asked again. Chargers give the least power they keep by themselves.'
  const made = nearText(planAt, now, zone)
  return isSafe
    ? `The planner failed and is asked again. What happens meanwhile is answered by safe plans, the last one of ${made}: every limit is kept, and vehicles are made ready, but it may cost more.`
    : `The planner failed and is asked again. The plan of ${made} stays in force; every limit is kept.`
}
