import { getPlan } from '#lib/api/plan.ts'
import { route } from '#server/http/route.ts'
import { planView } from '#server/live/plan-view.ts'

export const GET = route(getPlan, ({ ctx, params }) => planView(ctx, params.depot))
