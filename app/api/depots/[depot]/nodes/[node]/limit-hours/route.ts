import { lowerLimit as contract } from '#lib/api/site.ts'
import { route } from '#server/http/route.ts'
import { lowerLimit } from '#server/planning/lower-limit.ts'

export const POST = route(contract, ({ ctx, who, params, input }) => lowerLimit(ctx, params.depot, params.node, input, who.actor), {
  journal: 'byVerb',
})
