import type { z } from 'zod'
import { notFound, problem } from '#lib/api/problem.ts'
import type { exportPlan as exportPlanDoor } from '#lib/api/v1-plan.ts'
import type { Ctx } from '../runtime.ts'
import { storedPlan } from '../store/plan.ts'

/**
 * A stored plan with its whole input: `npm run plan` makes the same plan of it, bit for bit, with the version that made it.
 * @throws Problem not-found; conflict when the plan before it, a part of its input, is not stored any more
 */
export async function exportPlan(ctx: Pick<Ctx, 'db'>, depotId: string, planId: string): Promise<z.input<typeof exportPlanDoor.output>> {
  const found = await storedPlan(ctx.db.prisma, depotId, planId)
  if (!found) throw notFound('plan', planId)
  const { previousIsGone, ...stored } = found
  if (previousIsGone)
    throw problem(
      'conflict',
      'The plan before this one was forgotten, and it is a part of what this plan was made of. Choose a newer plan.',
    )
  return stored
}
