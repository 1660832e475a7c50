import { getCharger } from '#lib/api/charger.ts'
import { changeCharger } from '#lib/api/provisioning.ts'
import { change } from '#server/http/charger-doors.ts'
import { route } from '#server/http/route.ts'
import { chargerView } from '#server/live/charger-view.ts'

export const GET = route(getCharger, ({ ctx, params }) => chargerView(ctx, params.depot, params.charger))
export const PUT = route(
  changeCharger,
  ({ params: { depot, charger }, input, ...asked }) => change({ ...asked, depotId: depot, chargerId: charger }, input),
  { journal: 'byVerb' },
)
