import { changeVehicle as contract } from '#lib/api/fleet.ts'
import { changeVehicle } from '#server/fleet/change-vehicle.ts'
import { DONE } from '#server/http/respond.ts'
import { route } from '#server/http/route.ts'

export const PUT = route(
  contract,
  ({ ctx, who, params, input }) => changeVehicle(ctx, params.depot, params.vehicle, input, who.actor).then(() => DONE),
  { journal: 'byVerb' },
)
