import { setOfflinePolicy as contract } from '#lib/api/configuration.ts'
import { setOfflinePolicy } from '#server/configuration/set-rules.ts'
import { DONE } from '#server/http/respond.ts'
import { route } from '#server/http/route.ts'

export const PUT = route(
  contract,
  ({ ctx, who, params, input }) => setOfflinePolicy(ctx, { depotId: params.depot, actor: who.actor }, input.policy).then(() => DONE),
  { journal: 'byVerb' },
)
