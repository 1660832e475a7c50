import { blockToken as contract } from '#lib/api/fleet.ts'
import { blockToken } from '#server/fleet/block-token.ts'
import { DONE } from '#server/http/respond.ts'
import { route } from '#server/http/route.ts'

export const PUT = route(
  contract,
  ({ ctx, who, params, input }) => blockToken(ctx, params.depot, params.token, input.blocked, who.actor).then(() => DONE),
  { journal: 'byVerb' },
)
