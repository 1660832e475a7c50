import { sendCall } from '../charging/send-call.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { AskGuarded } from './apply-settings.ts'

/** A desired key that may be a maker's limit goes the way of any call: the envelope is asked, and the answer kept as a command. */
export const askGuarded =
  (gateway: Gateway, named: { depotId: string; chargerId: string; actor: string }): AskGuarded =>
  async (key, value) => {
    const { answer, outcome, reason } = await sendCall(gateway, { ...named, action: 'ChangeConfiguration', payload: { key, value } })
    if (answer) return answer
    return outcome === 'offline' ? { kind: 'offline' } : { kind: 'held', reason: reason ?? 'The site has no room for what it may do.' }
  }
