import { getVehicleDuties } from '#lib/api/v1-duty.ts'
import { theirVehicle } from '#server/fleet/dispatch.ts'
import { route } from '#server/http/route.ts'
import { judgedRows } from '#server/live/fleet-view.ts'

export const GET = route(getVehicleDuties, async ({ ctx, who, params }) => {
  const { id, depotId } = await theirVehicle(ctx, who, params.id)
  const items = await judgedRows(ctx, depotId, id)
  return { items, next: null, total: items.length }
})
