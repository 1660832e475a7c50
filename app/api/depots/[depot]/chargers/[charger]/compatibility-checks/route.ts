import { getCompatibilityChecks, startCompatibilityCheck } from '#lib/api/compatibility.ts'
import { askGateway } from '#server/http/ask-gateway.ts'
import { route } from '#server/http/route.ts'
import { theCharger } from '#server/live/charger-view.ts'
import { checksView } from '#server/live/compatibility-view.ts'

export const GET = route(getCompatibilityChecks, ({ ctx, params }) => checksView(ctx, params.depot, params.charger))

export const POST = route(
  startCompatibilityCheck,
  async ({ ctx, who, params, input }) => {
    const { id } = await theCharger(ctx, params.depot, params.charger)
    return askGateway(ctx, 'checkCharger', { depotId: params.depot, chargerId: id, actor: who.actor, ...input })
  },
  { journal: 'byVerb' },
)
