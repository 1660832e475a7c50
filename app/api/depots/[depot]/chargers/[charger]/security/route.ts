import { actOnChargerSecurity, getChargerSecurity } from '#lib/api/security.ts'
import { askGateway } from '#server/http/ask-gateway.ts'
import { route } from '#server/http/route.ts'
import { theCharger } from '#server/live/charger-view.ts'
import { chargerSecurityView } from '#server/live/security-view.ts'

export const GET = route(getChargerSecurity, ({ ctx, params }) => chargerSecurityView(ctx, params.depot, params.charger))

export const POST = route(
  actOnChargerSecurity,
  async ({ ctx, who, params, input }) => {
    const { id } = await theCharger(ctx, params.depot, params.charger)
    const done = await askGateway(ctx, 'chargerSecurity', { depotId: params.depot, chargerId: id, actor: who.actor, act: input })
    ctx.feed.publish({ kind: 'changed', depotId: params.depot, what: 'chargers', id })
    return done
  },
  { journal: 'byVerb' },
)
