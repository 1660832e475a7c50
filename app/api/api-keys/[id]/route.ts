import { revokeApiKey as contract } from '#lib/api/depot.ts'
import { revokeApiKey } from '#server/auth/api-keys.ts'
import { DONE } from '#server/http/respond.ts'
import { route } from '#server/http/route.ts'

export const DELETE = route(contract, ({ ctx, who, params }) => revokeApiKey(ctx, params.id, who.actor).then(() => DONE), {
  journal: 'byVerb',
})
