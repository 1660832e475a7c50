import { type Instant, instant } from '#lib/time/instant.ts'
import type { Database, Db } from './database.ts'

/** When the newest plan of a depot was made. */
export const lastPlanAt = async (db: Db, depotId: string): Promise<Instant> =>
  instant((await db.plan.findFirst({ where: { depotId }, orderBy: { madeAt: 'desc' }, select: { madeAt: true } }))?.madeAt ?? 0)

/** When a plan of a depot that is not only a first answer was last made, or confirmed by one that says the same. */
export async function lastRefinedAt(db: Db, depotId: string): Promise<Date | undefined> {
  const where = { depotId, refined: true }
  const last = await db.plan.findFirst({ where, orderBy: { madeAt: 'desc' }, select: { madeAt: true, confirmedAt: true } })
  return last?.confirmedAt ?? last?.madeAt
}

/** `isSafe`: the plan in force is a first answer, made while the planner failed. */
export type PlanTrouble = { since: Instant; planAt: Instant | null; isSafe: boolean }

/** Since when no new plan could be made, and from when the one in force is. Undefined: the planner works. */
export async function planTrouble({ pool }: Pick<Database, 'pool'>, depotId: string): Promise<PlanTrouble | undefined> {
  const { rows } = await pool.query<PlanTrouble>(
    `SELECT (extract(epoch FROM min(j.at)) * 1000)::float8 AS since, (extract(epoch FROM last.at) * 1000)::float8 AS "planAt",
       coalesce(last.at > last.refined_at, false) AS "isSafe"
     FROM (SELECT
       (SELECT coalesce(confirmed_at, made_at) FROM plan WHERE depot_id = $1 ORDER BY made_at DESC LIMIT 1) AS at,
       (SELECT coalesce(confirmed_at, made_at) FROM plan WHERE depot_id = $1 AND refined ORDER BY made_at DESC LIMIT 1) AS refined_at) last
     JOIN journal j ON j.subject = $2 AND j.kind = 'plan.failed' AND j.at >= coalesce(last.refined_at, '-infinity')
     GROUP BY last.at, last.refined_at`,
    [depotId, `depot:${depotId}`],
  )
  return rows[0]
}

/** Since when plans fail, by the journal's newest word of it; undefined: it says that they are made. */
export async function failingSince(db: Db, depotId: string): Promise<Instant | undefined> {
  const last = await db.journal.findFirst({
    where: { subject: `depot:${depotId}`, kind: { in: ['plan.failed', 'plan.recovered'] } },
    orderBy: { id: 'desc' },
    select: { kind: true, at: true },
  })
  return last?.kind === 'plan.failed' ? instant(last.at) : undefined
}
