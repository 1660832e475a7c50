import { changeDuty as change, removeDuty as remove } from '#lib/api/duty.ts'
import { changeDuty } from '#server/fleet/change-duty.ts'
import { removeDuty } from '#server/fleet/remove-duty.ts'
import { DONE } from '#server/http/respond.ts'
import { route } from '#server/http/route.ts'

export const PUT = route(
  change,
  ({ ctx, who, params, input }) => changeDuty(ctx, params.depot, params.duty, input, who.actor).then(() => DONE),
  { journal: 'byVerb' },
)

export const DELETE = route(remove, ({ ctx, who, params }) => removeDuty(ctx, params.depot, params.duty, who.actor).then(() => DONE), {
  journal: 'byVerb',
})
