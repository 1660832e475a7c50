import { assertNever } from '../api/problem.ts'
import type { SendableAction } from '../ocpp/actions16.ts'

/** A port of the charger with an open session. `drawing`: power flows now. */
export type Running = { port: number; bay: string; vehicle: string | null; drawing: boolean }
export type Interruption = { title: string; consequence: string }

type Breaking = Extract<SendableAction, 'Reset' | 'UnlockConnector' | 'ChangeAvailability' | 'UpdateFirmware' | 'SignedUpdateFirmware'>
const BREAKING: readonly SendableAction[] = [
  'Reset',
  'UnlockConnector',
  'ChangeAvailability',
  'UpdateFirmware',
  'SignedUpdateFirmware',
] satisfies Breaking[]
const isBreaking = (action: SendableAction): action is Breaking => BREAKING.includes(action)

/**
 * What a message to a charger does to the sessions that run there (1.6 §5.2, §5.14, §5.18, §5.19), as the question to ask before it is sent;
 * undefined: it leaves them alone. @param payload of the action's schema
 */
export function interruptionBy(
  action: SendableAction,
  payload: Record<string, unknown>,
  running: readonly Running[],
): Interruption | undefined {
  if (!isBreaking(action)) return undefined
  const touched = running.filter(({ port }) => touches(action, payload, port))
  if (touched.length === 0) return undefined
  const its = touched.length === 1 ? 'its session' : 'their sessions'
  const said = touched.map(
    ({ bay, vehicle, drawing }) => `${vehicle ?? 'A vehicle that is not known'} ${drawing ? 'is charging' : 'has a session'} at ${bay}`,
  )
  return { title: said.join(', '), consequence: consequenceOf(action, payload, its) }
}

/** Connector 0 is the whole charger. */
function touches(action: Breaking, { connectorId, type }: Record<string, unknown>, port: number): boolean {
  if (action === 'UnlockConnector') return connectorId === port
  if (action === 'ChangeAvailability') return type === 'Inoperative' && (connectorId === 0 || connectorId === port)
  return true
}

function consequenceOf(action: Breaking, { type }: Record<string, unknown>, its: string): string {
  switch (action) {
    case 'Reset':
      return type === 'Hard'
        ? `A hard reset ends ${its} as if the power were cut; the last minutes may not be metered.`
        : `A soft reset ends ${its} in good order.`
    case 'UnlockConnector':
      return `Unlocking the connector ends ${its}, and the cable can be pulled by anybody.`
    case 'ChangeAvailability':
      return `It stays in use until the end of ${its}; nothing charges there afterwards until it is put in use again. Some chargers end ${its} at once.`
    case 'UpdateFirmware':
    case 'SignedUpdateFirmware':
      return `The charger may restart as soon as the new firmware is in, which ends ${its}. Under Files an update can wait until the charger is free.`
    default:
      return assertNever(action)
  }
}
