import { setPlanDays } from '#lib/api/plan.ts'
import { notFound } from '#lib/api/problem.ts'
import { DONE } from '#server/http/respond.ts'
import { route } from '#server/http/route.ts'
import { writePlanDays } from '#server/store/depot.ts'

export const PUT = route(setPlanDays, async ({ ctx, input }) => {
  if (!(await writePlanDays(ctx.db.prisma, input.depotId, input.days))) throw notFound('depot', input.depotId)
  return DONE
})
