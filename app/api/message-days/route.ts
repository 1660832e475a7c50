import { setMessageDays } from '#lib/api/message-log.ts'
import { notFound } from '#lib/api/problem.ts'
import { DONE } from '#server/http/respond.ts'
import { route } from '#server/http/route.ts'
import { writeMessageDays } from '#server/store/depot.ts'

export const PUT = route(setMessageDays, async ({ ctx, input }) => {
  if (!(await writeMessageDays(ctx.db.prisma, input.depotId, input.days))) throw notFound('depot', input.depotId)
  return DONE
})
