import { addApiKey, getApiKeys } from '#lib/api/depot.ts'
import { apiKeys, createApiKey } from '#server/auth/api-keys.ts'
import { route } from '#server/http/route.ts'

export const GET = route(getApiKeys, ({ ctx }) => apiKeys(ctx))
export const POST = route(addApiKey, ({ ctx, who, input }) => createApiKey(ctx, input, who.actor), { journal: 'byVerb' })
