import { getConnections } from '#lib/api/connection.ts'
import { route } from '#server/http/route.ts'
import { connectionsView } from '#server/live/connections-view.ts'

export const GET = route(getConnections, ({ ctx, params, request }) => connectionsView(ctx, params.depot, request.headers))
