import type { Instant } from '../time/instant.ts'
import type { SendableAction } from './actions16.ts'
import { whyNotSend } from './registration16.ts'

/** How a charger stands, as far as it decides which calls can be made at all. */
export type Standing = {
  online: boolean
  registration: string
  /** SupportedFeatureProfiles as it told them; undefined: it told none. */
  features: string[] | undefined
  /** A session is open, or a port says that it charges. */
  charging: boolean
  /** Why nothing may charge there now (everything is stopped, the circuit is locked out); undefined: it may. */
  stopped: string | undefined
}

/** Feature profiles of 1.6 (§3.5), by the messages that are in none but them. Those of the security whitepaper are in none. */
const FEATURE: Partial<Record<SendableAction, { name: string; words: string }>> = {
  CancelReservation: { name: 'Reservation', words: 'reservations' },
  ClearChargingProfile: { name: 'SmartCharging', words: 'smart charging' },
  GetCompositeSchedule: { name: 'SmartCharging', words: 'smart charging' },
  GetDiagnostics: { name: 'FirmwareManagement', words: 'firmware management' },
  GetLocalListVersion: { name: 'LocalAuthListManagement', words: 'a local list' },
  ReserveNow: { name: 'Reservation', words: 'reservations' },
  SendLocalList: { name: 'LocalAuthListManagement', words: 'a local list' },
  SetChargingProfile: { name: 'SmartCharging', words: 'smart charging' },
  TriggerMessage: { name: 'RemoteTrigger', words: 'remote triggers' },
  UpdateFirmware: { name: 'FirmwareManagement', words: 'firmware management' },
}

export const OFFLINE = 'The charger is offline.'

/** Why a call cannot be made now, whatever it says, in a sentence; undefined: it can. */
export function whyNotCall(action: SendableAction, { online, registration, features, charging, stopped }: Standing): string | undefined {
  // first: the socket of a rejected one may be open, and its being away is not what keeps a call back
  const unaccepted = whyNotSend(registration, action)
  if (unaccepted !== undefined) return unaccepted
  if (!online) return OFFLINE
  const feature = FEATURE[action]
  if (feature && features && !features.some((each) => each.toLowerCase() === feature.name.toLowerCase()))
    return `The charger has no ${feature.words.replace(/^a /, '')} (its SupportedFeatureProfiles lack ${feature.name}).`
  if (action === 'RemoteStartTransaction' && stopped !== undefined) return stopped
  if (action === 'RemoteStopTransaction' && !charging) return 'No session is open at this charger.'
  return undefined
}

/** Why a payload that is of its schema still asks for nothing that can be done now, in a sentence; undefined: it does not. */
export function whyNotPayload(action: SendableAction, payload: Record<string, unknown>, now: Instant): string | undefined {
  // what a person asks to stop by its port has no transaction where none is open
  if (action === 'RemoteStopTransaction' && Number(payload.transactionId) < 1) return 'No session is open at this port.'
  if (action === 'ReserveNow' && Date.parse(String(payload.expiryDate)) <= now)
    return `Its expiryDate, ${String(payload.expiryDate)}, has passed: nothing would be kept. Give a later moment.`
  return undefined
}

/** The list that a charger told under SupportedFeatureProfiles; undefined when it told none. */
export const featuresOf = (configuration: { key: string; value: string | null }[]): string[] | undefined => {
  const told = configuration.find(({ key }) => key.toLowerCase() === 'supportedfeatureprofiles')?.value
  const names = told
    ?.split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
  return names === undefined || names.length === 0 ? undefined : names
}
