import { putRegistration } from '#lib/api/v1-provisioning.ts'
import { register, theirs } from '#server/http/charger-doors.ts'
import { route } from '#server/http/route.ts'

export const PUT = route(putRegistration, async (asked) => register(await theirs(asked), asked.input), { journal: 'byVerb' })
