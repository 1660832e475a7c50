import type { z } from 'zod'
import type { CallAnswer, postCall } from '#lib/api/v1-charger.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Who } from '#server/auth/who.ts'
import { askGateway } from '#server/http/ask-gateway.ts'
import { idempotentIfAsked } from '#server/http/idempotent.ts'
import type { Runtime } from '#server/runtime.ts'
import { theirChargerInService } from './their-charger.ts'

/**
 * A call from another system or a person's console, handed to the gateway. With an Idempotency-Key a repeat gets the first one's answer.
 * @throws Problem `not-found`, `invalid` for a payload that is not of the schema, `conflict` for a retired charger too, `unavailable`
 */
export async function takeCall(
  { ctx, who, request, receivedAt }: { ctx: Runtime; who: Who; request: Request; receivedAt: Instant },
  name: string,
  input: z.output<NonNullable<(typeof postCall)['input']>>,
): Promise<CallAnswer> {
  const { id: chargerId, depotId } = await theirChargerInService(ctx, who, name)
  const source = who.kind === 'key' ? 'api' : 'screen'
  const asked = { ...input, depotId, chargerId, actor: who.actor, source, t0: receivedAt, t1: receivedAt }
  const send = (id?: string) => askGateway(ctx, 'sendCall', { ...asked, ...(id === undefined ? {} : { id }) })
  return idempotentIfAsked({ ctx, who, request }, input, send)
}
