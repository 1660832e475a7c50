import { listActions } from '#lib/api/v1-charger.ts'
import { theirChargerInService } from '#server/charging/their-charger.ts'
import { askGateway } from '#server/http/ask-gateway.ts'
import { route } from '#server/http/route.ts'

export const GET = route(listActions, async ({ ctx, who, params }) => {
  const { id: chargerId, depotId } = await theirChargerInService(ctx, who, params.charger)
  return askGateway(ctx, 'callable', { depotId, chargerId })
})
