import { setAssumptions as contract, getAssumptions } from '#lib/api/assumptions.ts'
import { assumptionsView, setAssumptions } from '#server/fleet/set-assumptions.ts'
import { DONE } from '#server/http/respond.ts'
import { route } from '#server/http/route.ts'

export const GET = route(getAssumptions, ({ ctx, params }) => assumptionsView(ctx, params.depot))
export const PUT = route(contract, ({ ctx, who, params, input }) => setAssumptions(ctx, params.depot, input, who.actor).then(() => DONE), {
  journal: 'byVerb',
})
