import { firstRun as contract } from '#lib/api/depot.ts'
import { firstRun } from '#server/auth/first-run.ts'
import { DONE } from '#server/http/respond.ts'
import { route } from '#server/http/route.ts'

export const POST = route(contract, ({ ctx, input }) => firstRun(ctx, input).then(() => DONE), { journal: 'byVerb' })
