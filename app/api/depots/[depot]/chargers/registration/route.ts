import { decideChargers } from '#lib/api/provisioning.ts'
import { registerMany } from '#server/http/register-many.ts'
import { route } from '#server/http/route.ts'

export const PUT = route(decideChargers, ({ params: { depot }, input, ...asked }) => registerMany({ ...asked, depotId: depot }, input), {
  journal: 'byVerb',
})
