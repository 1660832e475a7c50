import { getMessageDays, setMessageDays } from '#lib/api/message-log.ts'
import { DONE } from '#server/http/respond.ts'
import { route } from '#server/http/route.ts'
import { messageDays, writeMessageDays } from '#server/store/depot.ts'

export const GET = route(getMessageDays, async ({ ctx, params }) => ({ days: await messageDays(ctx.db.prisma, params.depot) }))
export const PUT = route(setMessageDays, async ({ ctx, params, input }) => {
  await writeMessageDays(ctx.db.prisma, params.depot, input.days)
  return DONE
})
