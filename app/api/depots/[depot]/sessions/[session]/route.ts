import { getSession } from '#lib/api/session.ts'
import { oneSession } from '#server/billing/sessions.ts'
import { route } from '#server/http/route.ts'

export const GET = route(getSession, ({ ctx, params }) => oneSession(ctx, params.depot, params.session))
