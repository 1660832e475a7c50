import { removeFirmware as contract } from '#lib/api/firmware.ts'
import { removeFirmware } from '#server/files/library.ts'
import { DONE } from '#server/http/respond.ts'
import { route } from '#server/http/route.ts'

export const DELETE = route(
  contract,
  async ({ ctx, who, params }) => {
    await removeFirmware(ctx, { depotId: params.depot, id: params.file, actor: who.actor })
    return DONE
  },
  { journal: 'byVerb' },
)
