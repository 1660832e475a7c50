import { endLowerLimit as contract } from '#lib/api/site.ts'
import { DONE } from '#server/http/respond.ts'
import { route } from '#server/http/route.ts'
import { endLowerLimit } from '#server/planning/lower-limit.ts'

export const DELETE = route(
  contract,
  ({ ctx, who, params }) => endLowerLimit(ctx, params.depot, params.hours, who.actor).then(() => DONE),
  {
    journal: 'byVerb',
  },
)
