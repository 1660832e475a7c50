import { listChargers } from '#lib/api/v1-charger.ts'
import { createCharger } from '#lib/api/v1-provisioning.ts'
import { addCharger } from '#server/charging/add-charger.ts'
import { chargerUrl } from '#server/http/charger-url.ts'
import { refuseForeignDepot, route } from '#server/http/route.ts'
import { v1Chargers } from '#server/live/v1-charger-view.ts'
import { warningFor } from '#server/planning/tree-check.ts'

export const GET = route(listChargers, (asked) => v1Chargers(asked, asked.input))

export const POST = route(
  createCharger,
  async ({ ctx, who, input: { depotId, ...input }, request }) => {
    refuseForeignDepot(who, depotId)
    const { chargerId: id, key } = await addCharger(ctx, depotId, input, who.actor)
    ctx.wakes.replan(depotId, 'a charger was added')
    ctx.feed.publish({ kind: 'changed', depotId, what: 'chargers', id })
    const refusal = await warningFor(ctx.db.prisma, depotId, id, ctx.clock.now())
    return { id, identity: input.identity, key, url: chargerUrl(ctx, request, input.identity), refusal }
  },
  { journal: 'byVerb' },
)
