import type { SendableAction } from '#lib/ocpp/actions16.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { ChargerAnswer } from '../runtime.ts'

/** A call to a charger that was answered, or was not, whoever asked for it. */
export type MadeCall = {
  charger: { id: string; depotId: string; identity: string }
  /** As it was sent, secrets and all: not to be written down as it is. */
  payload: Record<string, unknown>
  answer: ChargerAnswer
  actor: string
  commandId: string
}
/** Brings the books of a room up to date with a call of theirs, also one that a person or another system made raw. */
export type AfterCall = (gateway: Gateway, call: MadeCall) => Promise<void>

/** By action: rooms that keep books about what was asked put theirs here when the gateway is composed. */
export type CallHooks = Partial<Record<SendableAction, AfterCall>>
