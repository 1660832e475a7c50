import { setRepair as contract } from '#lib/api/configuration.ts'
import { setRepair } from '#server/configuration/set-rules.ts'
import { DONE } from '#server/http/respond.ts'
import { route } from '#server/http/route.ts'

export const PUT = route(
  contract,
  ({ ctx, who, params, input }) => setRepair(ctx, { depotId: params.depot, actor: who.actor }, input.on).then(() => DONE),
  { journal: 'byVerb' },
)
