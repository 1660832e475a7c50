import { type ActOutcome, actOnCharger } from '#lib/api/charger.ts'
import { route } from '#server/http/route.ts'
import { theCharger } from '#server/live/charger-view.ts'

export const POST = route(
  actOnCharger,
  async ({ ctx, who, params, input, receivedAt }) => {
    const { id } = await theCharger(ctx, params.depot, params.charger)
    const asked = { depotId: params.depot, chargerId: id, act: input, actor: who.actor, source: 'screen', t0: receivedAt, t1: receivedAt }
    return (await ctx.gateway.call('act', asked)) as ActOutcome
  },
  { journal: 'byVerb' },
)
