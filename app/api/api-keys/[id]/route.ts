import { revokeApiKey as contract } from '#lib/api/depot.ts'
import { revokeApiKey } from '#server/auth/api-keys.ts'
import { route } from '#server/http/route.ts'

export const DELETE = route(
  contract,
  async ({ ctx, who, params }) => (await revokeApiKey(ctx, params.id, who.actor), { ok: true as const }),
  {
    journal: 'byVerb',
  },
)
