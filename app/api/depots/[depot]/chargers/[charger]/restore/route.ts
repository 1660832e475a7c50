import { restoreCharger } from '#lib/api/provisioning.ts'
import { restore } from '#server/http/charger-doors.ts'
import { route } from '#server/http/route.ts'

export const POST = route(
  restoreCharger,
  ({ params: { depot, charger }, input, ...asked }) => restore({ ...asked, depotId: depot, chargerId: charger }, input.key),
  { journal: 'byVerb' },
)
