import { listTokens, postToken } from '#lib/api/token.ts'
import { route } from '#server/http/route.ts'
import { depotOf, postOne } from '#server/tokens/token-doors.ts'
import { tokensView } from '#server/tokens/tokens-view.ts'

export const GET = route(listTokens, async (asked) => tokensView(asked.ctx, await depotOf(asked, asked.input.depotId), asked.input))

export const POST = route(postToken, (asked) => postOne(asked, asked.input), { journal: 'byVerb' })
