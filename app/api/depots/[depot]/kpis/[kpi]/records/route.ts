import { getKpiRecords } from '#lib/api/kpi.ts'
import { route } from '#server/http/route.ts'
import { kpiRecords } from '#server/kpi/records.ts'

export const GET = route(getKpiRecords, ({ ctx, params, input }) => kpiRecords(ctx, params.depot, params.kpi, input))
