import { putChargerPorts } from '#lib/api/v1-provisioning.ts'
import { ports, theirs } from '#server/http/charger-doors.ts'
import { route } from '#server/http/route.ts'

export const PUT = route(putChargerPorts, async (asked) => ports(await theirs(asked), asked.input.ports), { journal: 'byVerb' })
