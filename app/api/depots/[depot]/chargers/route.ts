import { addCharger as contract, getChargers } from '#lib/api/charger.ts'
import { addCharger } from '#server/charging/add-charger.ts'
import { chargerUrl } from '#server/http/charger-url.ts'
import { route } from '#server/http/route.ts'
import { chargersView } from '#server/live/charger-view.ts'
import { warningFor } from '#server/planning/tree-check.ts'

export const GET = route(getChargers, ({ ctx, params }) => chargersView(ctx, params.depot))

export const POST = route(
  contract,
  async ({ ctx, who, params, input, request }) => {
    const { chargerId, key } = await addCharger(ctx, params.depot, input, who.actor)
    ctx.wakes.replan(params.depot, 'a charger was added')
    ctx.feed.publish({ kind: 'changed', depotId: params.depot, what: 'chargers', id: chargerId })
    const { chargers } = await chargersView(ctx, params.depot)
    const refusal = await warningFor(ctx.db.prisma, params.depot, chargerId, ctx.clock.now())
    return { charger: chargers.find(({ id }) => id === chargerId)!, key, url: chargerUrl(ctx, request, input.identity), refusal }
  },
  { journal: 'byVerb' },
)
