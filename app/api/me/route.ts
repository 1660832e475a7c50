import { getMe } from '#lib/api/depot.ts'
import { personOf } from '#server/auth/who.ts'
import { route } from '#server/http/route.ts'
import { meView } from '#server/live/me-view.ts'

export const GET = route(getMe, ({ ctx, who, input }) => meView(ctx, personOf(who), input.depot))
