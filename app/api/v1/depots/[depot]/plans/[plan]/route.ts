import { exportPlan as door } from '#lib/api/v1-plan.ts'
import { route } from '#server/http/route.ts'
import { exportPlan } from '#server/planning/export-plan.ts'

export const GET = route(door, ({ ctx, params }) => exportPlan(ctx, params.depot, params.plan))
