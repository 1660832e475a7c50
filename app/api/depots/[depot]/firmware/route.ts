import { addFirmware as contract, getFirmware } from '#lib/api/firmware.ts'
import { addFirmware } from '#server/files/library.ts'
import { firmwareView } from '#server/files/views.ts'
import { route } from '#server/http/route.ts'

export const GET = route(getFirmware, ({ ctx, params }) => firmwareView(ctx, params.depot))

export const POST = route(
  contract,
  ({ ctx, who, params, input }) => addFirmware(ctx, { ...input, depotId: params.depot, actor: who.actor }),
  { journal: 'byVerb' },
)
