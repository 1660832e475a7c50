import { randomUUID } from 'node:crypto'
import type { PlanningInput } from '#lib/planning/input.ts'
import type { Plan } from '#lib/planning/plan-result.ts'
import { type Instant, instant } from '#lib/time/instant.ts'
import type { Db } from './database.ts'

/** Keeps a plan with its whole input, so that it can be replayed. @returns its id. */
export async function storePlan(
  db: Db,
  {
    depotId,
    madeAt,
    cause,
    input,
    plan,
    tookMs,
  }: { depotId: string; madeAt: Instant; cause: string; input: PlanningInput; plan: Plan; tookMs: number },
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
    },
  })
  return id
}

export async function latestPlan(db: Db, depotId: string): Promise<{ id: string; madeAt: Instant; plan: Plan } | undefined> {
  const row = await db.plan.findFirst({ where: { depotId }, orderBy: { madeAt: 'desc' }, select: { id: true, madeAt: true, result: true } })
  return row ? { id: row.id, madeAt: instant(row.madeAt), plan: row.result as Plan } : undefined
}

/** Forgets plans older than `before`, and thins those older than `thinBefore` to one an hour. */
export async function forgetPlans(db: Db, depotId: string, before: Instant, thinBefore: Instant): Promise<void> {
  await db.plan.deleteMany({ where: { depotId, madeAt: { lt: new Date(before) } } })
  await db.$executeRaw`
    DELETE FROM plan WHERE depot_id = ${depotId} AND made_at < ${new Date(thinBefore)} AND id NOT IN (
      SELECT DISTINCT ON (date_trunc('hour', made_at)) id FROM plan
      WHERE depot_id = ${depotId} AND made_at < ${new Date(thinBefore)} ORDER BY date_trunc('hour', made_at), made_at DESC)`
}
