import { cancelCompatibilityCheck } from '#lib/api/compatibility.ts'
import { askGateway } from '#server/http/ask-gateway.ts'
import { route } from '#server/http/route.ts'
import { theCharger } from '#server/live/charger-view.ts'

export const DELETE = route(
  cancelCompatibilityCheck,
  async ({ ctx, who, params }) => {
    const { id } = await theCharger(ctx, params.depot, params.charger)
    return askGateway(ctx, 'cancelCheck', { depotId: params.depot, chargerId: id, checkId: params.check, actor: who.actor })
  },
  { journal: 'byVerb' },
)
