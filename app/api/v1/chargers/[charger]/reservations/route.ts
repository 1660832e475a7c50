import { listReservations, postReservation } from '#lib/api/v1-reservation.ts'
import { instant } from '#lib/time/instant.ts'
import { theirCharger, theirChargerInService } from '#server/charging/their-charger.ts'
import { askGateway } from '#server/http/ask-gateway.ts'
import { idempotentIfAsked } from '#server/http/idempotent.ts'
import { route } from '#server/http/route.ts'
import { reservationsView } from '#server/reservations/reservations-view.ts'

export const GET = route(listReservations, async ({ ctx, who, params }) => {
  const { id, depotId } = await theirCharger(ctx, who, params.charger)
  return { items: await reservationsView(ctx, depotId, id), next: null }
})

export const POST = route(
  postReservation,
  async (asked) => {
    const { ctx, who, params, input } = asked
    const { id: chargerId, depotId } = await theirChargerInService(ctx, who, params.charger)
    const reservation = { ...input, until: instant(input.until), depotId, chargerId, actor: who.actor }
    return idempotentIfAsked(asked, input, () => askGateway(ctx, 'reserve', reservation))
  },
  { journal: 'byVerb' },
)
