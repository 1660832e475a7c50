import type { z } from 'zod'
import { notFound } from '#lib/api/problem.ts'
import type { CallAnswer, postCall } from '#lib/api/v1-charger.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Who } from '#server/auth/who.ts'
import { askGateway } from '#server/http/ask-gateway.ts'
import { idempotent } from '#server/http/idempotent.ts'
import type { Runtime } from '#server/runtime.ts'
import { theirCharger } from './their-charger.ts'

/**
 * A call from another system or a person's console, handed to the gateway. With an Idempotency-Key a repeat gets the first one's answer.
 * @throws Problem `not-found`, `invalid` for a payload that is not of the schema, `conflict`, `unavailable`
 */
export async function takeCall(
  { ctx, who, request, receivedAt }: { ctx: Runtime; who: Who; request: Request; receivedAt: Instant },
  name: string,
  input: z.output<NonNullable<(typeof postCall)['input']>>,
): Promise<CallAnswer> {
  const { id: chargerId, depotId, retired } = await theirCharger(ctx, who, name)
  if (retired) throw notFound('charger', name)
  const source = who.kind === 'key' ? 'api' : 'screen'
  const asked = { ...input, depotId, chargerId, actor: who.actor, source, t0: receivedAt, t1: receivedAt }
  const send = (id?: string) => askGateway(ctx, 'sendCall', { ...asked, ...(id === undefined ? {} : { id }) })
  return who.kind === 'key' && request.headers.has('idempotency-key') ? idempotent(ctx, who, request, input, send) : send()
}
