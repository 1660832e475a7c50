import { getSessions } from '#lib/api/session.ts'
import { listSessions } from '#server/billing/sessions.ts'
import { route } from '#server/http/route.ts'

export const GET = route(getSessions, ({ ctx, params, input: { cursor, sort, ...filter } }) =>
  listSessions(ctx, params.depot, filter, cursor, sort),
)
