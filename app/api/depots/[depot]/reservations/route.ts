import { problem } from '#lib/api/problem.ts'
import { getReservations, reserve } from '#lib/api/reservation.ts'
import { momentOf } from '#lib/fleet/duty.ts'
import { askGateway } from '#server/http/ask-gateway.ts'
import { route } from '#server/http/route.ts'
import { theDepot } from '#server/live/views.ts'
import { reservationsView } from '#server/reservations/reservations-view.ts'

export const GET = route(getReservations, async ({ ctx, params, input }) => ({
  reservations: await reservationsView(ctx, params.depot, input.charger),
}))

export const POST = route(
  reserve,
  async ({ ctx, who, params, input }) => {
    const { zone } = await theDepot(ctx, params.depot)
    const until = momentOf(input.until, zone)
    if (until === undefined)
      throw problem('invalid', `"${input.until}" is not a moment. Write 2026-11-24 06:30 in depot time.`, {
        until: 'Such as 2026-11-24 06:30.',
      })
    return askGateway(ctx, 'reserve', { ...input, until, depotId: params.depot, actor: who.actor })
  },
  { journal: 'byVerb' },
)
