import { addDepot as contract } from '#lib/api/depot.ts'
import { addDepot } from '#server/charging/add-depot.ts'
import { route } from '#server/http/route.ts'

export const POST = route(contract, ({ ctx, who, input }) => addDepot(ctx, input, who.actor), { journal: 'byVerb' })
