import { listDepots } from '#lib/api/v1-site.ts'
import { route } from '#server/http/route.ts'
import { v1Depots } from '#server/live/v1-depots.ts'

export const GET = route(listDepots, v1Depots)
