import { changeNode as contract } from '#lib/api/site.ts'
import { DONE } from '#server/http/respond.ts'
import { route } from '#server/http/route.ts'
import { changeNode } from '#server/planning/change-node.ts'

export const PUT = route(
  contract,
  ({ ctx, who, params, input }) => changeNode(ctx, params.depot, params.node, input, who.actor).then(() => DONE),
  { journal: 'byVerb' },
)
