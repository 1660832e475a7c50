import { putDeparture } from '#lib/api/dispatch.ts'
import { takeDeparture } from '#server/fleet/dispatch.ts'
import { route } from '#server/http/route.ts'

export const PUT = route(putDeparture, (asked) => takeDeparture(asked, asked.params.id, asked.input), { journal: 'byVerb' })
