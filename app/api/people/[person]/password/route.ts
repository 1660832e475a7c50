import { newPassword as contract } from '#lib/api/people.ts'
import { newPassword } from '#server/auth/people.ts'
import { route } from '#server/http/route.ts'

export const POST = route(contract, async ({ ctx, who, params }) => ({ password: await newPassword(ctx, params.person, who.actor) }), {
  journal: 'byVerb',
})
