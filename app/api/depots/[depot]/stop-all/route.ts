import { stopAll } from '#lib/api/depot.ts'
import { askGateway } from '#server/http/ask-gateway.ts'
import { route } from '#server/http/route.ts'

export const POST = route(
  stopAll,
  ({ ctx, who, params, input }) => askGateway(ctx, 'stopAll', { depotId: params.depot, stop: input.stop, actor: who.actor }),
  { journal: 'byVerb' },
)
