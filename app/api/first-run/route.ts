import { firstRun as contract } from '#lib/api/depot.ts'
import { firstRun } from '#server/auth/first-run.ts'
import { route } from '#server/http/route.ts'

export const POST = route(contract, async ({ ctx, input }) => (await firstRun(ctx, input), { ok: true as const }), { journal: 'byVerb' })
