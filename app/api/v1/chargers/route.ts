import { listChargers } from '#lib/api/v1-charger.ts'
import { route } from '#server/http/route.ts'
import { v1Chargers } from '#server/live/v1-charger-view.ts'

export const GET = route(listChargers, (asked) => v1Chargers(asked, asked.input))
