import { setRegistration } from '#lib/api/provisioning.ts'
import { register } from '#server/http/charger-doors.ts'
import { route } from '#server/http/route.ts'

export const PUT = route(
  setRegistration,
  ({ params: { depot, charger }, input, ...asked }) => register({ ...asked, depotId: depot, chargerId: charger }, input),
  { journal: 'byVerb' },
)
