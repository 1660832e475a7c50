import { rotateChargerKey } from '#lib/api/charger.ts'
import { forgetNextKey } from '#lib/api/provisioning.ts'
import { giveKeyUp, newKey } from '#server/http/charger-doors.ts'
import { route } from '#server/http/route.ts'

export const POST = route(
  rotateChargerKey,
  ({ params: { depot, charger }, input, ...asked }) => newKey({ ...asked, depotId: depot, chargerId: charger }, input),
  { journal: 'byVerb' },
)
export const DELETE = route(
  forgetNextKey,
  ({ params: { depot, charger }, ...asked }) => giveKeyUp({ ...asked, depotId: depot, chargerId: charger }),
  { journal: 'byVerb' },
)
