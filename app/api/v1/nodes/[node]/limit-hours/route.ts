import { postLimitHours } from '#lib/api/v1-site.ts'
import { idempotentIfAsked } from '#server/http/idempotent.ts'
import { route } from '#server/http/route.ts'
import { takeLimitHours } from '#server/planning/take-limit-hours.ts'

export const POST = route(
  postLimitHours,
  (asked) => idempotentIfAsked(asked, asked.input, () => takeLimitHours(asked, asked.params.node, asked.input)),
  { journal: 'byVerb' },
)
