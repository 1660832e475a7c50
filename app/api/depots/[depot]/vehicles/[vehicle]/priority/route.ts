import { setPriority } from '#lib/api/what-if.ts'
import { prioritise } from '#server/fleet/prioritise.ts'
import { askGateway } from '#server/http/ask-gateway.ts'
import { route } from '#server/http/route.ts'

// the gateway writes who asked for it
export const POST = route(
  setPriority,
  ({ ctx, who, params, input, receivedAt }) =>
    prioritise(ctx, (asked) => askGateway(ctx, 'command', asked), { ...params, ...input, actor: who.actor, receivedAt }),
  { journal: 'byVerb' },
)
