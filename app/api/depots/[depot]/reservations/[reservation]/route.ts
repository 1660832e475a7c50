import { notFound } from '#lib/api/problem.ts'
import { cancelReservation } from '#lib/api/reservation.ts'
import { askGateway } from '#server/http/ask-gateway.ts'
import { route } from '#server/http/route.ts'

export const DELETE = route(
  cancelReservation,
  async ({ ctx, who, params }) => {
    if (!/^\d{1,9}$/.test(params.reservation)) throw notFound('reservation', params.reservation)
    return askGateway(ctx, 'cancelReservation', { depotId: params.depot, actor: who.actor, id: Number(params.reservation) })
  },
  { journal: 'byVerb' },
)
