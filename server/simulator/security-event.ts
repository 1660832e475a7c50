import { tellSurely } from './queue.ts'
import { type Station, timestamp } from './station.ts'

/** The events of the whitepaper's list that this charger knows; those that are critical are told at once and surely (A04). */
const CRITICAL = {
  FirmwareUpdated: true,
  FailedToAuthenticateAtCentralSystem: false,
  SettingSystemTime: false,
  StartupOfTheDevice: false,
  ResetOrReboot: false,
  ReconfigurationOfSecurityParameters: false,
  InvalidFirmwareSignature: true,
  InvalidFirmwareSigningCertificate: true,
  InvalidCentralSystemCertificate: true,
  InvalidChargePointCertificate: true,
  TamperDetectionActivated: true,
} as const
export type SecurityEvent = keyof typeof CRITICAL

const MOST_KEPT = 1_000

/** Written to the security log, and told when it is critical. */
export function securityEvent(station: Station, type: SecurityEvent, techInfo?: string): void {
  const at = timestamp(station)
  const { securityLog } = station.memory
  securityLog.push([at, type, techInfo].filter(Boolean).join(' '))
  if (securityLog.length > MOST_KEPT) securityLog.shift()
  if (!CRITICAL[type]) return
  tellSurely(station, 'SecurityEventNotification', { type, timestamp: at, ...(techInfo && { techInfo: techInfo.slice(0, 255) }) })
}
