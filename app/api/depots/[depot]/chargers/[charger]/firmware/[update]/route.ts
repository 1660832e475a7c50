import { cancelUpdate as contract } from '#lib/api/firmware.ts'
import { cancelUpdate } from '#server/files/cancel-update.ts'
import { DONE } from '#server/http/respond.ts'
import { route } from '#server/http/route.ts'
import { theCharger } from '#server/live/charger-view.ts'

export const DELETE = route(
  contract,
  async ({ ctx, who, params }) => {
    const { id } = await theCharger(ctx, params.depot, params.charger)
    await cancelUpdate(ctx, { depotId: params.depot, chargerId: id, id: params.update, actor: who.actor })
    return DONE
  },
  { journal: 'byVerb' },
)
