import { rotateChargerKey as contract } from '#lib/api/charger.ts'
import { rotateChargerKey } from '#server/charging/rotate-key.ts'
import { askGateway } from '#server/http/ask-gateway.ts'
import { chargerUrl } from '#server/http/charger-url.ts'
import { route } from '#server/http/route.ts'
import { theCharger } from '#server/live/charger-view.ts'

export const POST = route(
  contract,
  async ({ ctx, who, params, request }) => {
    const { id, identity } = await theCharger(ctx, params.depot, params.charger)
    const key = await rotateChargerKey(ctx, { depotId: params.depot, chargerId: id }, who.actor)
    // whoever came in with the old key is out, also when it is not the charger; a gateway that is away holds no sockets
    await askGateway(ctx, 'chargerChanged', { chargerId: id }).catch((error) =>
      ctx.log.warn({ err: error, chargerId: id }, 'no socket was dropped'),
    )
    ctx.feed.publish({ kind: 'changed', depotId: params.depot, what: 'chargers', id })
    return { key, url: chargerUrl(ctx, request, identity) }
  },
  { journal: 'byVerb' },
)
