import { readCharger } from '#lib/api/v1-charger.ts'
import { deleteCharger, putCharger } from '#lib/api/v1-provisioning.ts'
import { change, retire, theirs } from '#server/http/charger-doors.ts'
import { route } from '#server/http/route.ts'
import { v1Charger } from '#server/live/v1-charger-view.ts'

export const GET = route(readCharger, (asked) => v1Charger(asked, asked.params.charger))
export const PUT = route(putCharger, async (asked) => change(await theirs(asked), asked.input), { journal: 'byVerb' })
export const DELETE = route(deleteCharger, async (asked) => retire(await theirs(asked), asked.input.force), { journal: 'byVerb' })
