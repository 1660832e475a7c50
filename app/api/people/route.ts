import { addPerson as contract, getPeople } from '#lib/api/people.ts'
import { addPerson, peopleView } from '#server/auth/people.ts'
import { personOf } from '#server/auth/who.ts'
import { route } from '#server/http/route.ts'

export const GET = route(getPeople, ({ ctx, who }) => peopleView(ctx, personOf(who).id))
export const POST = route(contract, ({ ctx, who, input }) => addPerson(ctx, input, who.actor), { journal: 'byVerb' })
