import { postCredentials } from '#lib/api/v1-provisioning.ts'
import { newKey, theirs } from '#server/http/charger-doors.ts'
import { route } from '#server/http/route.ts'

export const POST = route(postCredentials, async (asked) => newKey(await theirs(asked), asked.input), { journal: 'byVerb' })
