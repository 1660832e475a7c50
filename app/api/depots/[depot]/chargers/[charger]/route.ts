import { getCharger } from '#lib/api/charger.ts'
import { route } from '#server/http/route.ts'
import { chargerView } from '#server/live/charger-view.ts'

export const GET = route(getCharger, ({ ctx, params }) => chargerView(ctx, params.depot, params.charger))
