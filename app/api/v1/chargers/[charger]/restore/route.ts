import { restoreRetired } from '#lib/api/v1-provisioning.ts'
import { restore, theirs } from '#server/http/charger-doors.ts'
import { route } from '#server/http/route.ts'

export const POST = route(restoreRetired, async (asked) => restore(await theirs(asked), asked.input.key), { journal: 'byVerb' })
