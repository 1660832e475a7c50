import { notFound } from '#lib/api/problem.ts'
import { lockOut } from '#lib/api/site.ts'
import { askGateway } from '#server/http/ask-gateway.ts'
import { route } from '#server/http/route.ts'
import { nodeOfDepot } from '#server/store/add-site.ts'

export const POST = route(
  lockOut,
  async ({ ctx, who, params, input }) => {
    if (!(await nodeOfDepot(ctx.db.prisma, params.depot, params.node))) throw notFound('node', params.node)
    return askGateway(ctx, 'lockOut', { nodeId: params.node, lock: input.lock, actor: who.actor })
  },
  { journal: 'byVerb' },
)
