import { actOnAuthority } from '#lib/api/security.ts'
import { askGateway } from '#server/http/ask-gateway.ts'
import { route } from '#server/http/route.ts'

export const POST = route(actOnAuthority, ({ ctx, who, input }) => askGateway(ctx, 'authority', { actor: who.actor, act: input }), {
  journal: 'byVerb',
})
