import type { SendableAction } from './actions16.ts'
import { type KeyVerdict, verdictOnKey } from './configuration-guard.ts'
import { profileIds } from './profile16.ts'

// What a message of ours may do to the power of a site, told by its action and payload alone (source: spec "ocpp", The envelope:
// calls made by a person or an API pass the same envelope, or are refused with the reason).

export type CallRisk =
  /** Raises nothing. */
  | { kind: 'free' }
  | { kind: 'refused'; reason: string; ownedBy?: Extract<KeyVerdict, { kind: 'refused' }>['ownedBy'] }
  /** Carries a limit: its upper curve must fit. */
  | { kind: 'profile' }
  /**
   * May take limits from the charger, or from one port: their nameplate must fit. `keepsOut`: a port out of use stays out of use.
   * `what`: why that is so, as the beginning of a sentence.
   */
  | { kind: 'forgets'; port?: number; keepsOut: boolean; what: string }
  /** Puts a port in use again. */
  | { kind: 'releases'; port: number }
  /** Has a session begin; no port: at one that the charger chooses. */
  | { kind: 'starts'; port: number | undefined }

type Payload = Record<string, unknown>

const FREE: CallRisk = { kind: 'free' }
const numberIn = (payload: Payload, name: string): number | undefined => {
  const value = payload[name]
  return typeof value === 'number' ? value : undefined
}
const firmware = (): CallRisk => ({ kind: 'forgets', keepsOut: true, what: 'New firmware may forget every limit' })

const RISKS: Record<SendableAction, (payload: Payload, charger: { keepsProfiles: boolean; ports: number[] }) => CallRisk> = {
  CancelReservation: () => FREE,
  CertificateSigned: () => FREE,
  ChangeAvailability: (payload) => {
    const port = numberIn(payload, 'connectorId') ?? 0
    if (payload.type === 'Inoperative') return FREE
    if (port === 0)
      return { kind: 'refused', reason: 'On connector 0 every port would be in use again at once: name each port by its number.' }
    return { kind: 'releases', port }
  },
  ChangeConfiguration: ({ key, value }) => {
    const verdict = verdictOnKey(String(key), String(value))
    if (verdict.kind === 'mayBeLimit')
      return { kind: 'forgets', keepsOut: true, what: `${String(key)} is a key of the maker’s own, which may lift its limits` }
    return verdict.kind === 'refused' ? { ...verdict, reason: `${String(key)}: ${verdict.reason}` } : verdict
  },
  ClearCache: () => FREE,
  ClearChargingProfile: (payload, { ports }) => {
    const id = numberIn(payload, 'id')
    const ours = ports.flatMap((port) => Object.values(profileIds(port)))
    // with an id the other fields do not count (1.6 §5.3); somebody else's profile is none that we count on
    if (id !== undefined && !ours.includes(id)) return FREE
    const port = id === undefined ? numberIn(payload, 'connectorId') : ports.find((each) => Object.values(profileIds(each)).includes(id))
    return {
      kind: 'forgets',
      keepsOut: true,
      what: 'Its limits would be gone until ours are sent anew',
      ...(port !== undefined && port > 0 ? { port } : {}),
    }
  },
  DataTransfer: () => ({ kind: 'forgets', keepsOut: true, what: 'A maker’s own message may lift its limits' }),
  DeleteCertificate: () => FREE,
  ExtendedTriggerMessage: () => FREE,
  GetCompositeSchedule: () => FREE,
  GetConfiguration: () => FREE,
  GetDiagnostics: () => FREE,
  GetInstalledCertificateIds: () => FREE,
  GetLocalListVersion: () => FREE,
  GetLog: () => FREE,
  InstallCertificate: () => FREE,
  RemoteStartTransaction: (payload) => {
    if (payload.chargingProfile !== undefined)
      return {
        kind: 'refused',
        reason: 'A profile inside a start would not be in the books until it runs: start first, then set the profile.',
      }
    const port = numberIn(payload, 'connectorId')
    if (port !== undefined && port < 1)
      return { kind: 'refused', reason: 'A session starts at one port: name it by its number, or leave connectorId out.' }
    return { kind: 'starts', port }
  },
  RemoteStopTransaction: () => FREE,
  ReserveNow: () => FREE,
  Reset: (_, { keepsProfiles }) =>
    keepsProfiles ? FREE : { kind: 'forgets', keepsOut: false, what: 'This model forgets its limits when it restarts' },
  SendLocalList: () => FREE,
  SetChargingProfile: () => ({ kind: 'profile' }),
  SignedUpdateFirmware: firmware,
  TriggerMessage: () => FREE,
  UnlockConnector: () => FREE,
  UpdateFirmware: firmware,
}

/** @param payload of the action's schema */
export const riskOf = (action: SendableAction, payload: Payload, charger: { keepsProfiles: boolean; ports: number[] }): CallRisk =>
  RISKS[action](payload, charger)
