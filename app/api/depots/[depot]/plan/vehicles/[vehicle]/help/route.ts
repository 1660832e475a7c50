import { getHelp } from '#lib/api/what-if.ts'
import { route } from '#server/http/route.ts'
import { whatWouldHelp } from '#server/planning/what-would-help.ts'

export const GET = route(getHelp, ({ ctx, params, request }) => whatWouldHelp(ctx, params.depot, params.vehicle, request.signal))
