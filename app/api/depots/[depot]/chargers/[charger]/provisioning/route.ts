import { getProvisioning } from '#lib/api/provisioning.ts'
import { route } from '#server/http/route.ts'
import { provisioningView } from '#server/live/provisioning-view.ts'

export const GET = route(getProvisioning, ({ ctx, params }) => provisioningView(ctx, params.depot, params.charger))
