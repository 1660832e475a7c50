import { getMessages } from '#lib/api/charger.ts'
import { route } from '#server/http/route.ts'
import { messagesView } from '#server/live/charger-view.ts'

export const GET = route(getMessages, ({ ctx, params, input }) => messagesView(ctx, params.depot, params.charger, input))
