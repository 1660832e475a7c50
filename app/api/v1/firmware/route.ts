import { addFirmwareByApi } from '#lib/api/firmware.ts'
import { problem } from '#lib/api/problem.ts'
import { keyOf } from '#server/auth/who.ts'
import { addFirmware } from '#server/files/library.ts'
import { refuseForeignDepot, route } from '#server/http/route.ts'

export const POST = route(
  addFirmwareByApi,
  ({ ctx, who, input }) => {
    const { depotId, ...image } = input
    const { depots, actor } = keyOf(who)
    const [own] = depots === 'all' ? [] : depots
    const depot = depotId ?? own
    if (depot === undefined)
      throw problem('invalid', 'Name the depot: this key is for all of them.', { depotId: 'The depot whose library it is for.' })
    refuseForeignDepot(who, depot)
    return addFirmware(ctx, { ...image, depotId: depot, actor })
  },
  { journal: 'byVerb' },
)
