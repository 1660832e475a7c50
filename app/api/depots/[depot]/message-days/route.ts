import { getMessageDays } from '#lib/api/message-log.ts'
import { route } from '#server/http/route.ts'
import { messageDays } from '#server/store/depot.ts'

export const GET = route(getMessageDays, async ({ ctx, params }) => ({ days: await messageDays(ctx.db.prisma, params.depot) }))
