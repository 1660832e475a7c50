import { addDuty as contract } from '#lib/api/duty.ts'
import { addDuty } from '#server/fleet/add-duty.ts'
import { route } from '#server/http/route.ts'

export const POST = route(contract, ({ ctx, who, params, input }) => addDuty(ctx, params.depot, params.vehicle, input, who.actor), {
  journal: 'byVerb',
})
