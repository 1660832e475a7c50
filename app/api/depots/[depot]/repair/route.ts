import { repairChargers } from '#lib/api/configuration.ts'
import { askGateway } from '#server/http/ask-gateway.ts'
import { route } from '#server/http/route.ts'

export const POST = route(repairChargers, ({ ctx, who, params, input }) =>
  askGateway(ctx, 'repairChargers', { depotId: params.depot, actor: who.actor, chargerId: input.chargerId }),
)
