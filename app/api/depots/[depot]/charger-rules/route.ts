import { getChargerRules } from '#lib/api/configuration.ts'
import { chargerRules } from '#server/configuration/rules-view.ts'
import { route } from '#server/http/route.ts'

export const GET = route(getChargerRules, ({ ctx, params }) => chargerRules(ctx, params.depot))
