import { updateFirmwareByApi } from '#lib/api/firmware.ts'
import { notFound } from '#lib/api/problem.ts'
import { theirCharger } from '#server/charging/their-charger.ts'
import { askGateway } from '#server/http/ask-gateway.ts'
import { route } from '#server/http/route.ts'

export const POST = route(
  updateFirmwareByApi,
  async ({ ctx, who, params, input }) => {
    const { id, depotId, retired } = await theirCharger(ctx, who, params.charger)
    if (retired) throw notFound('charger', params.charger)
    return askGateway(ctx, 'updateFirmware', { ...input, depotId, chargerId: id, actor: who.actor })
  },
  { journal: 'byVerb' },
)
