import { addFirmwareByApi } from '#lib/api/firmware.ts'
import { keyOf } from '#server/auth/who.ts'
import { addFirmware } from '#server/files/library.ts'
import { route } from '#server/http/route.ts'
import { depotOf } from '#server/tokens/token-doors.ts'

export const POST = route(
  addFirmwareByApi,
  async ({ ctx, who, input }) => {
    const { depotId, ...image } = input
    return addFirmware(ctx, { ...image, depotId: await depotOf({ ctx, who }, depotId), actor: keyOf(who).actor })
  },
  { journal: 'byVerb' },
)
