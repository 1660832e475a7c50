import { changePorts } from '#lib/api/provisioning.ts'
import { ports } from '#server/http/charger-doors.ts'
import { route } from '#server/http/route.ts'

export const PUT = route(
  changePorts,
  ({ params: { depot, charger }, input, ...asked }) => ports({ ...asked, depotId: depot, chargerId: charger }, input.ports),
  { journal: 'byVerb' },
)
