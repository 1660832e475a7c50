import { changePerson as contract } from '#lib/api/people.ts'
import { changePerson } from '#server/auth/people.ts'
import { personOf } from '#server/auth/who.ts'
import { route } from '#server/http/route.ts'

export const PUT = route(
  contract,
  async ({ ctx, who, params, input }) => {
    await changePerson(ctx, params.person, input, personOf(who))
    return { ok: true as const }
  },
  { journal: 'byVerb' },
)
