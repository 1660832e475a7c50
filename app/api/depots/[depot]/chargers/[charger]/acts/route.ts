import { actOnCharger } from '#lib/api/charger.ts'
import { askGateway } from '#server/http/ask-gateway.ts'
import { route } from '#server/http/route.ts'
import { theCharger } from '#server/live/charger-view.ts'

export const POST = route(
  actOnCharger,
  async ({ ctx, who, params, input, receivedAt }) => {
    const { id } = await theCharger(ctx, params.depot, params.charger)
    const asked = { depotId: params.depot, chargerId: id, act: input, actor: who.actor, source: 'screen', t0: receivedAt, t1: receivedAt }
    return askGateway(ctx, 'actOnCharger', asked)
  },
  { journal: 'byVerb' },
)
