import { getKpis } from '#lib/api/kpi.ts'
import { route } from '#server/http/route.ts'
import { kpis } from '#server/kpi/query.ts'

export const GET = route(getKpis, ({ ctx, params, input }) => kpis(ctx, params.depot, input.window))
