import { type Instant, instant } from '#lib/time/instant.ts'
import type { Database, Db } from './database.ts'

/** When the newest plan of a depot was made. */
export const lastPlanAt = async (db: Db, depotId: string): Promise<Instant> =>
  instant((await db.plan.findFirst({ where: { depotId }, orderBy: { madeAt: 'desc' }, select: { madeAt: true } }))?.madeAt ?? 0)

/** When the newest plan of a depot that is not only a first answer was made. */
export const lastRefinedAt = async (db: Db, depotId: string): Promise<Date | undefined> =>
  (await db.plan.findFirst({ where: { depotId, refined: true }, orderBy: { madeAt: 'desc' }, select: { madeAt: true } }))?.madeAt

export type PlanTrouble = { since: Instant; planAt: Instant | null }

/** Since when no new plan could be made, and from when the one in force is. Undefined: the planner works. */
export async function planTrouble({ pool }: Database, depotId: string): Promise<PlanTrouble | undefined> {
  const { rows } = await pool.query<PlanTrouble>(
    `SELECT (extract(epoch FROM min(j.at)) * 1000)::float8 AS since, (extract(epoch FROM last.at) * 1000)::float8 AS "planAt"
     FROM (SELECT max(made_at) AS at, max(made_at) FILTER (WHERE refined) AS refined_at FROM plan WHERE depot_id = $1) last
     JOIN journal j ON j.subject = $2 AND j.kind = 'plan.failed' AND j.at >= coalesce(last.refined_at, '-infinity')
     GROUP BY last.at`,
    [depotId, `depot:${depotId}`],
  )
  return rows[0]
}
