import { setDesired as contract } from '#lib/api/configuration.ts'
import { setDesired } from '#server/configuration/set-rules.ts'
import { route } from '#server/http/route.ts'

export const PUT = route(contract, ({ ctx, who, params, input }) => setDesired(ctx, { depotId: params.depot, actor: who.actor }, input), {
  journal: 'byVerb',
})
