import { listCalls, postCall } from '#lib/api/v1-charger.ts'
import { takeCall } from '#server/charging/take-call.ts'
import { route } from '#server/http/route.ts'
import { v1Calls } from '#server/live/v1-charger-view.ts'

export const GET = route(listCalls, (asked) => v1Calls(asked, asked.params.charger, asked.input))
export const POST = route(postCall, (asked) => takeCall(asked, asked.params.charger, asked.input), { journal: 'byVerb' })
