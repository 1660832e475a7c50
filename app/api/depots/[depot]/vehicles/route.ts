import { addVehicle as contract, getFleet } from '#lib/api/fleet.ts'
import { addVehicle } from '#server/fleet/add-vehicle.ts'
import { route } from '#server/http/route.ts'
import { fleetView } from '#server/live/fleet-view.ts'

export const GET = route(getFleet, ({ ctx, params }) => fleetView(ctx, params.depot))

export const POST = route(contract, ({ ctx, who, params, input }) => addVehicle(ctx, params.depot, input, who.actor), { journal: 'byVerb' })
