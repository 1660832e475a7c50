import { getChargerModels } from '#lib/api/compatibility.ts'
import { route } from '#server/http/route.ts'
import { modelsView } from '#server/live/compatibility-view.ts'

export const GET = route(getChargerModels, ({ ctx, params }) => modelsView(ctx, params.depot))
