import { tellSurely } from './queue.ts'
import { type Station, timestamp } from './station.ts'

/**
 * The events of the whitepaper's list that this charger knows. `always`: a use case asks for the message. `byList`: critical by the list,
 * told by models that go by it to the letter. `never`: written to the security log only.
 */
const TOLD = {
  FirmwareUpdated: 'always',
  FailedToAuthenticateAtCentralSystem: 'never',
  SettingSystemTime: 'byList',
  StartupOfTheDevice: 'byList',
  ResetOrReboot: 'byList',
  ReconfigurationOfSecurityParameters: 'never',
  InvalidFirmwareSignature: 'always',
  InvalidFirmwareSigningCertificate: 'always',
  InvalidCentralSystemCertificate: 'always',
  InvalidChargePointCertificate: 'always',
  TamperDetectionActivated: 'always',
} as const
export type SecurityEvent = keyof typeof TOLD

const MOST_KEPT = 1_000

/** Written to the security log, and told surely where it is to be told (A04). */
export function securityEvent(station: Station, type: SecurityEvent, techInfo?: string): void {
  const at = timestamp(station)
  const { securityLog } = station.memory
  securityLog.push([at, type, techInfo].filter(Boolean).join(' '))
  if (securityLog.length > MOST_KEPT) securityLog.shift()
  if (TOLD[type] === 'never' || (TOLD[type] === 'byList' && !station.model.tellsEveryCriticalEvent)) return
  tellSurely(station, 'SecurityEventNotification', { type, timestamp: at, ...(techInfo && { techInfo: techInfo.slice(0, 255) }) })
}
