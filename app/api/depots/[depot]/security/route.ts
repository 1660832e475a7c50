import { getSecurity } from '#lib/api/security.ts'
import { route } from '#server/http/route.ts'
import { securityView } from '#server/live/security-view.ts'

export const GET = route(getSecurity, ({ ctx, params }) => securityView(ctx, params.depot))
