import { getDuties } from '#lib/api/duty.ts'
import { route } from '#server/http/route.ts'
import { dutiesView } from '#server/live/fleet-view.ts'

export const GET = route(getDuties, ({ ctx, params, input }) => dutiesView(ctx, params.depot, input))
