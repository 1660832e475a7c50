import { setPolicy as contract } from '#lib/api/depot.ts'
import { DONE } from '#server/http/respond.ts'
import { route } from '#server/http/route.ts'
import { setPolicy } from '#server/planning/set-policy.ts'

export const PUT = route(contract, ({ ctx, who, params, input }) => setPolicy(ctx, params.depot, input, who.actor).then(() => DONE), {
  journal: 'byVerb',
})
