import { notFound } from '#lib/api/problem.ts'
import { deleteReservation } from '#lib/api/v1-reservation.ts'
import { theirCharger } from '#server/charging/their-charger.ts'
import { askGateway } from '#server/http/ask-gateway.ts'
import { route } from '#server/http/route.ts'
import { findReservation } from '#server/store/reservation.ts'

export const DELETE = route(
  deleteReservation,
  async ({ ctx, who, params: { charger, reservation: id } }) => {
    const { id: chargerId, depotId } = await theirCharger(ctx, who, charger)
    if ((await findReservation(ctx.db.prisma, id))?.chargerId !== chargerId) throw notFound('reservation', id)
    return askGateway(ctx, 'cancelReservation', { depotId, actor: who.actor, id })
  },
  { journal: 'byVerb' },
)
