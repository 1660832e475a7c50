import { setPolicy as contract } from '#lib/api/depot.ts'
import { route } from '#server/http/route.ts'
import { setPolicy } from '#server/planning/set-policy.ts'

export const PUT = route(
  contract,
  async ({ ctx, who, params, input }) => (await setPolicy(ctx, params.depot, input.policy, who.actor), { ok: true as const }),
  {
    journal: 'byVerb',
  },
)
