import { retireCharger } from '#lib/api/provisioning.ts'
import { retire } from '#server/http/charger-doors.ts'
import { route } from '#server/http/route.ts'

export const POST = route(
  retireCharger,
  ({ params: { depot, charger }, input, ...asked }) => retire({ ...asked, depotId: depot, chargerId: charger }, input.force),
  { journal: 'byVerb' },
)
