import { updateFirmwareByApi } from '#lib/api/firmware.ts'
import { theirChargerInService } from '#server/charging/their-charger.ts'
import { askGateway } from '#server/http/ask-gateway.ts'
import { idempotentIfAsked } from '#server/http/idempotent.ts'
import { route } from '#server/http/route.ts'

export const POST = route(
  updateFirmwareByApi,
  async (asked) => {
    const { ctx, who, params, input } = asked
    const { id, depotId } = await theirChargerInService(ctx, who, params.charger)
    const update = { ...input, depotId, chargerId: id, actor: who.actor }
    return idempotentIfAsked(asked, input, () => askGateway(ctx, 'updateFirmware', update))
  },
  { journal: 'byVerb' },
)
