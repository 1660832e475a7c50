import { readCharger } from '#lib/api/v1-charger.ts'
import { route } from '#server/http/route.ts'
import { v1Charger } from '#server/live/v1-charger-view.ts'

export const GET = route(readCharger, (asked) => v1Charger(asked, asked.params.charger))
