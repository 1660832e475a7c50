import type { SendableAction } from './actions16.ts'

// What a charger that is not accepted and we may say to each other (OCPP 1.6 §4.2). Pending: we may ask for information and change its
// configuration, it may say what we triggered. Rejected: nothing but BootNotification, not before its interval.

/** §4.2 names the first two; the others would put it to work, which it is not for before it is accepted. */
const NOT_WHILE_PENDING: ReadonlySet<SendableAction> = new Set<SendableAction>([
  'RemoteStartTransaction',
  'RemoteStopTransaction',
  'ReserveNow',
  'CancelReservation',
  'UnlockConnector',
])

/** Why this may not be sent to a charger of that registration, in a sentence; undefined: it may. */
export function whyNotSend(registration: string, action: string): string | undefined {
  if (registration === 'rejected') return 'The charger is rejected: nothing is sent to it. Accept it first.'
  return registration === 'pending' && (NOT_WHILE_PENDING as ReadonlySet<string>).has(action)
    ? 'The charger is pending and waits for approval: until then it is only asked and configured. Approve it first.'
    : undefined
}

/** What belongs to a transaction: its energy may have flowed, so it is kept from a pending charger too. */
export const isOfTransaction = (action: string, payload: Record<string, unknown>): boolean =>
  action === 'StartTransaction' || action === 'StopTransaction' || (action === 'MeterValues' && typeof payload.transactionId === 'number')

/** Reports that follow from what a pending charger may be asked to do (logs, firmware, certificates), and so are triggered by us. */
const FOLLOWS: Partial<Record<string, readonly string[]>> = {
  GetDiagnostics: ['DiagnosticsStatusNotification'],
  GetLog: ['LogStatusNotification'],
  UpdateFirmware: ['FirmwareStatusNotification'],
  SignedUpdateFirmware: ['SignedFirmwareStatusNotification', 'FirmwareStatusNotification'],
}

/** Which messages of the charger a call of ours asks for. */
export function triggeredBy(action: string, payload: Record<string, unknown>): readonly string[] {
  if (action === 'TriggerMessage' || action === 'ExtendedTriggerMessage') {
    const { requestedMessage } = payload
    if (requestedMessage === 'SignChargePointCertificate') return ['SignCertificate']
    return typeof requestedMessage === 'string' ? [requestedMessage] : []
  }
  return FOLLOWS[action] ?? []
}
