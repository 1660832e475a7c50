import { getSettings } from '#lib/api/configuration.ts'
import { settingsView } from '#server/configuration/rules-view.ts'
import { route } from '#server/http/route.ts'

export const GET = route(getSettings, ({ ctx, params }) => settingsView(ctx, params.depot, params.charger))
