import { updateFirmwareByApi } from '#lib/api/firmware.ts'
import { theirChargerInService } from '#server/charging/their-charger.ts'
import { askGateway } from '#server/http/ask-gateway.ts'
import { route } from '#server/http/route.ts'

export const POST = route(
  updateFirmwareByApi,
  async ({ ctx, who, params, input }) => {
    const { id, depotId } = await theirChargerInService(ctx, who, params.charger)
    return askGateway(ctx, 'updateFirmware', { ...input, depotId, chargerId: id, actor: who.actor })
  },
  { journal: 'byVerb' },
)
