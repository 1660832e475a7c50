import { removeDesired as contract } from '#lib/api/configuration.ts'
import { removeDesired } from '#server/configuration/set-rules.ts'
import { DONE } from '#server/http/respond.ts'
import { route } from '#server/http/route.ts'

export const DELETE = route(
  contract,
  ({ ctx, who, params }) => removeDesired(ctx, { depotId: params.depot, actor: who.actor }, params.setting).then(() => DONE),
  { journal: 'byVerb' },
)
