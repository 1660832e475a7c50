import { acknowledgeSecurity } from '#lib/api/security.ts'
import { route } from '#server/http/route.ts'
import { acknowledge } from '#server/security/acknowledge.ts'

export const POST = route(
  acknowledgeSecurity,
  async ({ ctx, who, params, input }) => {
    await acknowledge(ctx, params.depot, input.key, who.actor)
    return { ok: true as const }
  },
  { journal: 'byVerb' },
)
