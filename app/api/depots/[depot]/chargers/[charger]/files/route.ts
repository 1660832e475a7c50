import { askLog, getChargerFiles } from '#lib/api/file.ts'
import { instant } from '#lib/time/instant.ts'
import { chargerFilesView } from '#server/files/views.ts'
import { askGateway } from '#server/http/ask-gateway.ts'
import { route } from '#server/http/route.ts'
import { theCharger } from '#server/live/charger-view.ts'

export const GET = route(getChargerFiles, ({ ctx, params }) => chargerFilesView(ctx, params.depot, params.charger))

export const POST = route(
  askLog,
  async ({ ctx, who, params, input }) => {
    const { id } = await theCharger(ctx, params.depot, params.charger)
    const { oldest, latest, ...rest } = input
    const span = { ...(oldest !== undefined && { oldest: instant(oldest) }), ...(latest !== undefined && { latest: instant(latest) }) }
    return askGateway(ctx, 'askLog', { ...rest, ...span, depotId: params.depot, chargerId: id, actor: who.actor })
  },
  { journal: 'byVerb' },
)
