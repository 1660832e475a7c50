import { readPlan } from '#lib/api/v1-plan.ts'
import { route } from '#server/http/route.ts'
import { v1PlanView } from '#server/live/v1-plan-view.ts'

export const GET = route(readPlan, ({ ctx, params }) => v1PlanView(ctx, params.depot))
