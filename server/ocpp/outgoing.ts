import type { ChargerAnswer, ChargerCall, Ctx } from '../runtime.ts'
import type { KnownCharger } from '../store/charger.ts'
import { answer16, call16 } from './call16.ts'
import type { RegistrationGate } from './registration.ts'
import { type RpcClient, TimeoutError } from './rpc.ts'
import { codeOf, isSchemaError } from './validator16.ts'

type Line = {
  client: RpcClient
  charger: KnownCharger
  gate: RegistrationGate
  /** The device's clock minus ours. */
  offsetMs: () => number
  isOpen: () => boolean
}

/** Sends one call of ours to its charger, and says in our words what became of it. `onSent` is called as the frame is written (t4). */
export function makeOutgoing(ctx: Pick<Ctx, 'db' | 'clock' | 'log'>, { client, charger, gate, offsetMs, isOpen }: Line) {
  return async (call: ChargerCall, timeoutMs: number, onSent: (() => void) | undefined): Promise<ChargerAnswer> => {
    let built: Awaited<ReturnType<typeof call16>>
    try {
      built = await call16(ctx, charger.id, call, offsetMs())
    } catch (error) {
      ctx.log.error({ err: error, charger: charger.id, call: call.kind }, 'a call could not be built')
      return { kind: 'refused', reason: 'The call could not be built.' }
    }
    if (!isOpen()) return { kind: 'offline' }
    const why = gate.whyNotSend(built.action)
    if (why !== undefined) return { kind: 'refused', reason: why }
    gate.asked(built.action, built.payload)
    let sent = false
    const seen = ({ message, outbound }: { message: string; outbound: boolean }) => {
      if (!outbound || sent || !message.startsWith('[2,')) return
      sent = true
      onSent?.()
    }
    client.on('message', seen)
    try {
      const answer = answer16(built, await client.call(built.action, built.payload, { callTimeoutMs: timeoutMs }))
      if (answer.kind === 'refused') gate.refused(built.action, built.payload)
      return answer
    } catch (error) {
      if (!sent && isOpen() && isSchemaError(error)) {
        // our mistake, and not the line's: waiting for its return would be for ever
        ctx.log.error({ charger: charger.id, action: built.action, code: codeOf(error) }, 'a call of ours does not follow its schema')
        return { kind: 'refused', reason: 'The call does not follow the schema of OCPP 1.6.' }
      }
      if (!sent) return { kind: 'offline' }
      if (error instanceof TimeoutError) return { kind: 'timeout' }
      if (!isOpen() || (error instanceof Error && error.name === 'AbortError')) return { kind: 'lost' }
      const description = error instanceof Error ? error.message.slice(0, 500) : ''
      return { kind: 'refused', reason: codeOf(error), callError: { code: codeOf(error), description } }
    } finally {
      client.off('message', seen)
    }
  }
}
