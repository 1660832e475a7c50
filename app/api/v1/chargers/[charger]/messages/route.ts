import { listMessages } from '#lib/api/v1-charger.ts'
import { route } from '#server/http/route.ts'
import { v1Messages } from '#server/live/v1-charger-view.ts'

export const GET = route(listMessages, (asked) => v1Messages(asked, asked.params.charger, asked.input))
