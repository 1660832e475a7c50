import { setNewChargers as contract } from '#lib/api/provisioning.ts'
import { route } from '#server/http/route.ts'
import { setNewChargers } from '#server/store/provisioning.ts'

export const PUT = route(contract, async ({ ctx, params, input }) => {
  await setNewChargers(ctx.db.prisma, params.depot, input.registration)
  ctx.feed.publish({ kind: 'changed', depotId: params.depot, what: 'chargers' })
  return { ok: true as const }
})
