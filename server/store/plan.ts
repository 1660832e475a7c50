import { randomUUID } from 'node:crypto'
import type { PlanningInput } from '#lib/planning/input.ts'
import type { Plan } from '#lib/planning/plan-result.ts'
import { type Instant, instant } from '#lib/time/instant.ts'
import type { Database, Db } from './database.ts'

/** Keeps a plan with its whole input, so that it can be replayed; one that is not `refined` is the planner's first answer. @returns its id. */
export async function storePlan(
  db: Db,
  {
    depotId,
    madeAt,
    cause,
    input,
    plan,
    tookMs,
    refined = true,
  }: { depotId: string; madeAt: Instant; cause: string; input: PlanningInput; plan: Plan; tookMs: number; refined?: boolean },
): Promise<string> {
  const id = randomUUID()
  const { previous: _, ...replayable } = input
  await db.plan.create({
    data: {
      id,
      depotId,
      madeAt: new Date(madeAt),
      cause: cause.slice(0, 200),
      inputDigest: plan.inputDigest,
      // the plan before is a row of its own, found by its digest
      input: { ...replayable, ...(input.previous ? { previousDigest: input.previous.inputDigest } : {}) },
      result: plan,
      costMicro: BigInt(Math.round(plan.costMicro)),
      lowerBoundMicro: BigInt(Math.round(plan.lowerBoundMicro)),
      tookMs,
      refined,
    },
  })
  return id
}

export async function latestPlan(db: Db, depotId: string): Promise<{ id: string; madeAt: Instant; plan: Plan } | undefined> {
  const row = await db.plan.findFirst({ where: { depotId }, orderBy: { madeAt: 'desc' }, select: { id: true, madeAt: true, result: true } })
  return row ? { id: row.id, madeAt: instant(row.madeAt), plan: row.result as Plan } : undefined
}

/** The newest plan and of its question only what it was to serve, which is a small part of it: for views that are made every second. */
export async function plannedNeeds(
  { pool }: Pick<Database, 'pool'>,
  depotId: string,
): Promise<{ plan: Plan; input: Pick<PlanningInput, 'now' | 'slotMinutes' | 'needs'> } | undefined> {
  const { rows } = await pool.query<{ plan: Plan; input: Pick<PlanningInput, 'now' | 'slotMinutes' | 'needs'> }>(
    `SELECT result AS plan, jsonb_build_object('now', input->'now', 'slotMinutes', input->'slotMinutes', 'needs', input->'needs') AS input
     FROM plan WHERE depot_id = $1 ORDER BY made_at DESC LIMIT 1`,
    [depotId],
  )
  return rows[0]
}

export type StoredPlan = { id: string; madeAt: Instant; cause: string; refined: boolean; input: PlanningInput; plan: Plan }

/**
 * A plan as it was made, with the plan before it where its input had one; `latest` is the newest of the depot.
 * `previousIsGone`: the plan before it is not stored any more, so that it cannot be replayed.
 */
export async function storedPlan(db: Db, depotId: string, planId: string): Promise<(StoredPlan & { previousIsGone: boolean }) | undefined> {
  const select = { id: true, madeAt: true, cause: true, refined: true, input: true, result: true } as const
  const row = await db.plan.findFirst({
    where: { depotId, ...(planId === 'latest' ? {} : { id: planId }) },
    orderBy: { madeAt: 'desc' },
    select,
  })
  if (!row) return undefined
  const { previousDigest, ...input } = row.input as PlanningInput & { previousDigest?: string }
  const before =
    previousDigest === undefined
      ? undefined
      : await db.plan.findFirst({
          where: { depotId, inputDigest: previousDigest, madeAt: { lte: row.madeAt }, id: { not: row.id } },
          orderBy: { madeAt: 'desc' },
          select: { result: true },
        })
  return {
    id: row.id,
    madeAt: instant(row.madeAt),
    cause: row.cause,
    refined: row.refined,
    input: before ? { ...input, previous: before.result as Plan } : input,
    plan: row.result as Plan,
    previousIsGone: previousDigest !== undefined && !before,
  }
}

/**
 * Forgets plans older than `before`, and thins those older than `thinBefore` to one an hour. What stays takes the plan before it into its
 * own input, so that it can be replayed for as long as it is kept.
 */
export async function forgetPlans(db: Db, depotId: string, before: Instant, thinBefore: Instant): Promise<void> {
  await db.$executeRaw`
    UPDATE plan SET input = (plan.input - 'previousDigest') || jsonb_build_object('previous', (
      SELECT earlier.result FROM plan earlier
      WHERE earlier.depot_id = plan.depot_id AND earlier.input_digest = plan.input->>'previousDigest'
        AND earlier.made_at <= plan.made_at AND earlier.id <> plan.id
      ORDER BY earlier.made_at DESC LIMIT 1))
    WHERE depot_id = ${depotId} AND made_at >= ${new Date(before)} AND input ? 'previousDigest'
      AND id IN (
        SELECT DISTINCT ON (date_trunc('hour', made_at)) id FROM plan
        WHERE depot_id = ${depotId} AND made_at < ${new Date(thinBefore)} ORDER BY date_trunc('hour', made_at), made_at DESC)
      AND EXISTS (SELECT 1 FROM plan earlier
        WHERE earlier.depot_id = plan.depot_id AND earlier.input_digest = plan.input->>'previousDigest'
          AND earlier.made_at <= plan.made_at AND earlier.id <> plan.id)`
  await db.plan.deleteMany({ where: { depotId, madeAt: { lt: new Date(before) } } })
  await db.$executeRaw`
    DELETE FROM plan WHERE depot_id = ${depotId} AND made_at < ${new Date(thinBefore)} AND id NOT IN (
      SELECT DISTINCT ON (date_trunc('hour', made_at)) id FROM plan
      WHERE depot_id = ${depotId} AND made_at < ${new Date(thinBefore)} ORDER BY date_trunc('hour', made_at), made_at DESC)`
}
