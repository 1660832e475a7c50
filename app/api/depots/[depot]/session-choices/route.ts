import { getSessionChoices } from '#lib/api/session.ts'
import { sessionChoices } from '#server/billing/session-choices.ts'
import { route } from '#server/http/route.ts'

export const GET = route(getSessionChoices, ({ ctx, params }) => sessionChoices(ctx, params.depot))
