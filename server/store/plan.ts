import { randomUUID } from 'node:crypto'
import type { PlanningInput } from '#lib/planning/input.ts'
import type { Plan } from '#lib/planning/plan-result.ts'
import { promiseOf } from '#lib/planning/promise.ts'
import { type Instant, instant, minutes } from '#lib/time/instant.ts'
import type { Database, Db } from './database.ts'
import { Prisma } from './generated/client.ts'
import { packed, unpacked } from './packed.ts'

/** A plan is stored again so long after it was, even if nothing that it promises has changed: what has flowed since is part of what it tells. */
const CONFIRMED_MS = minutes(5)

type Made = { depotId: string; madeAt: Instant; cause: string; input: PlanningInput; plan: Plan; tookMs: number; refined?: boolean }

/**
 * Keeps a plan with its whole input, so that it can be replayed; one that is not `refined` is the planner's first answer. One that promises what the
 * newest of the depot did minutes ago confirms that one instead. @returns the id of the plan in force.
 */
export async function keepPlan(db: Db, made: Made): Promise<string> {
  const { depotId, madeAt } = made
  const promise = promiseOf(made)
  const last = await db.plan.findFirst({
    where: { depotId },
    orderBy: { madeAt: 'desc' },
    select: { id: true, madeAt: true, promise: true },
  })
  if (!last || madeAt - last.madeAt.getTime() >= CONFIRMED_MS || last.promise !== promise) return storePlan(db, made, promise)
  await db.plan.update({ where: { id: last.id }, data: { confirmedAt: new Date(madeAt) }, select: { id: true } })
  return last.id
}

/** Keeps a plan with its whole input. @returns its id. */
export async function storePlan(db: Db, made: Made, promise: string = promiseOf(made)): Promise<string> {
  const { depotId, madeAt, cause, input, plan, tookMs, refined = true } = made
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
      input: packed({ ...replayable, ...(input.previous ? { previousDigest: input.previous.inputDigest } : {}) }) as Prisma.InputJsonValue,
      result: packed(plan) as Prisma.InputJsonValue,
      promise,
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
  return row ? { id: row.id, madeAt: instant(row.madeAt), plan: unpacked(row.result) as Plan } : undefined
}

/** The newest plan and of its question only what it was to serve, which is a small part of it: for views that are made every second. */
export async function plannedNeeds(
  { pool }: Pick<Database, 'pool'>,
  depotId: string,
): Promise<{ plan: Plan; input: Pick<PlanningInput, 'now' | 'slotMinutes' | 'needs'> } | undefined> {
  const { rows } = await pool.query<{ plan: unknown; input: unknown }>(
    `SELECT result AS plan, jsonb_build_object('now', input->'now', 'slotMinutes', input->'slotMinutes', 'needs', input->'needs') AS input
     FROM plan WHERE depot_id = $1 ORDER BY made_at DESC LIMIT 1`,
    [depotId],
  )
  return rows[0] && (unpacked(rows[0]) as { plan: Plan; input: PlanningInput })
}

export type StoredPlan = { id: string; madeAt: Instant; cause: string; refined: boolean; input: PlanningInput; plan: Plan }

/** The plan in force with the question it answers; `asOf`: when a plan last said the same. Undefined before the first. */
export async function planInForce({ prisma }: Database, depotId: string): Promise<(StoredPlan & { asOf: Instant }) | undefined> {
  const row = await prisma.plan.findFirst({ where: { depotId }, orderBy: { madeAt: 'desc' } })
  if (!row) return undefined
  const { id, cause, refined, madeAt, confirmedAt } = row
  const [input, plan] = [unpacked(row.input) as PlanningInput, unpacked(row.result) as Plan]
  return { id, cause, refined, madeAt: instant(madeAt), asOf: instant(confirmedAt ?? madeAt), input, plan }
}

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
  const { previousDigest, ...input } = unpacked(row.input) as PlanningInput & { previousDigest?: string }
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
    input: before ? { ...input, previous: unpacked(before.result) as Plan } : input,
    plan: unpacked(row.result) as Plan,
    previousIsGone: previousDigest !== undefined && !before,
  }
}

/**
 * Forgets plans older than `before`. Of those older than `thinBefore` one an hour stays, and each that a limit which was sent to a charger names: why
 * it was told that can be looked up. What stays takes the plan before it into its own input, so that it can be replayed for as long as it is kept.
 */
export async function forgetPlans(db: Db, depotId: string, before: Instant, thinBefore: Instant): Promise<void> {
  const [oldest, thin] = [new Date(before), new Date(thinBefore)]
  const kept = Prisma.sql`(
    SELECT DISTINCT ON (date_trunc('hour', made_at)) id FROM plan
    WHERE depot_id = ${depotId} AND made_at < ${thin} ORDER BY date_trunc('hour', made_at), made_at DESC)
    UNION (SELECT s.plan_id FROM limit_sent s WHERE s.plan_id IS NOT NULL AND s.sent_at >= ${oldest})`
  await db.$executeRaw`
    UPDATE plan SET input = (plan.input - 'previousDigest') || jsonb_build_object('previous', (
      SELECT earlier.result FROM plan earlier
      WHERE earlier.depot_id = plan.depot_id AND earlier.input_digest = plan.input->>'previousDigest'
        AND earlier.made_at <= plan.made_at AND earlier.id <> plan.id
      ORDER BY earlier.made_at DESC LIMIT 1))
    WHERE depot_id = ${depotId} AND made_at >= ${oldest} AND input ? 'previousDigest' AND (made_at >= ${thin} OR id IN (${kept}))
      AND EXISTS (SELECT 1 FROM plan earlier
        WHERE earlier.depot_id = plan.depot_id AND earlier.input_digest = plan.input->>'previousDigest'
          AND earlier.made_at <= plan.made_at AND earlier.made_at < ${thin} AND earlier.id <> plan.id)`
  await db.plan.deleteMany({ where: { depotId, madeAt: { lt: oldest } } })
  await db.$executeRaw`DELETE FROM plan WHERE depot_id = ${depotId} AND made_at < ${thin} AND id NOT IN (${kept})`
}
