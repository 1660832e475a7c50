import { addToken as add, getTokens } from '#lib/api/token.ts'
import { route } from '#server/http/route.ts'
import { addToken } from '#server/tokens/change-token.ts'
import { tokensView } from '#server/tokens/tokens-view.ts'

export const GET = route(getTokens, ({ ctx, params, input }) => tokensView(ctx, params.depot, input))

export const POST = route(add, ({ ctx, who, params, input }) => addToken(ctx, { depotId: params.depot, actor: who.actor }, input), {
  journal: 'byVerb',
})
