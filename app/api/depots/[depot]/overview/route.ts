import { getOverview } from '#lib/api/overview.ts'
import { route } from '#server/http/route.ts'
import { kpiTiles } from '#server/kpi/query.ts'
import { overviewView } from '#server/live/overview.ts'

export const GET = route(getOverview, ({ ctx, params }) => overviewView(ctx, params.depot, () => kpiTiles(ctx, params.depot, '30d')))
