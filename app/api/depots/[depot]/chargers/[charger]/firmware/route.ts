import { updateFirmware } from '#lib/api/firmware.ts'
import { askGateway } from '#server/http/ask-gateway.ts'
import { route } from '#server/http/route.ts'
import { theCharger } from '#server/live/charger-view.ts'

export const POST = route(
  updateFirmware,
  async ({ ctx, who, params, input }) => {
    const { id } = await theCharger(ctx, params.depot, params.charger)
    return askGateway(ctx, 'updateFirmware', { ...input, depotId: params.depot, chargerId: id, actor: who.actor })
  },
  { journal: 'byVerb' },
)
