import { addNode as contract } from '#lib/api/site.ts'
import { route } from '#server/http/route.ts'
import { addNode } from '#server/planning/add-node.ts'

export const POST = route(contract, ({ ctx, who, params, input }) => addNode(ctx, params.depot, input, who.actor), { journal: 'byVerb' })
