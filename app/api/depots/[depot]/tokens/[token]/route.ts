import { changeToken as change, removeToken as remove } from '#lib/api/token.ts'
import { DONE } from '#server/http/respond.ts'
import { route } from '#server/http/route.ts'
import { changeToken, removeToken } from '#server/tokens/change-token.ts'

export const PUT = route(
  change,
  ({ ctx, who, params, input }) => changeToken(ctx, { depotId: params.depot, actor: who.actor }, params.token, input).then(() => DONE),
  { journal: 'byVerb' },
)

export const DELETE = route(
  remove,
  ({ ctx, who, params }) => removeToken(ctx, { depotId: params.depot, actor: who.actor }, params.token).then(() => DONE),
  { journal: 'byVerb' },
)
