import { importTokens as contract } from '#lib/api/token.ts'
import { route } from '#server/http/route.ts'
import { importTokens } from '#server/tokens/import-tokens.ts'

export const POST = route(
  contract,
  ({ ctx, who, params, input }) => importTokens(ctx, { depotId: params.depot, actor: who.actor }, input.csv),
  { journal: 'byVerb' },
)
