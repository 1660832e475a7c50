import { importChargers as contract } from '#lib/api/provisioning.ts'
import { importChargers } from '#server/charging/import-chargers.ts'
import { chargerUrl } from '#server/http/charger-url.ts'
import { route } from '#server/http/route.ts'

export const POST = route(
  contract,
  async ({ ctx, who, params, input, request }) => {
    const imported = await importChargers(ctx, { depotId: params.depot, ...input }, who.actor)
    return { ...imported, url: chargerUrl(ctx, request, '') }
  },
  { journal: 'byVerb' },
)
