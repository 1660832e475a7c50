import { postDuties as contract } from '#lib/api/v1-duty.ts'
import { postDuties } from '#server/fleet/post-duties.ts'
import { route } from '#server/http/route.ts'

export const POST = route(contract, ({ ctx, who, input }) => postDuties(ctx, who, input), { journal: 'byVerb' })
