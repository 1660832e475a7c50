import { getPlanDays } from '#lib/api/plan.ts'
import { route } from '#server/http/route.ts'
import { planDays } from '#server/store/depot.ts'

export const GET = route(getPlanDays, async ({ ctx, params }) => ({ days: await planDays(ctx.db.prisma, params.depot) }))
