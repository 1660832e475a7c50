import type { Mark } from '#lib/api/words.ts'

type Meaning = { words: string; critical: boolean; mark: Mark }

const meaning = (words: string, critical: boolean, mark: Mark): Meaning => ({ words, critical, mark })

/**
 * The security events of the OCPP 1.6 security whitepaper (its list, with its "critical"), and how much we make of each. Checked against two
 * public copies of the list of edition 2; the maintenance logins came with edition 4. Wrong firmware and wrong certificates are critical in
 * OCPP 2.x only: we ask for a look at them all the same.
 */
const EVENTS: Record<string, Meaning> = {
  FirmwareUpdated: meaning('Its firmware was updated', true, 'caution'),
  FailedToAuthenticateAtCentralSystem: meaning('It was not let in by a central system', false, 'caution'),
  CentralSystemFailedToAuthenticate: meaning('A central system could not prove who it is', false, 'serious'),
  SettingSystemTime: meaning('Its clock was set', true, 'caution'),
  StartupOfTheDevice: meaning('It started up', true, 'caution'),
  ResetOrReboot: meaning('It was reset or rebooted', true, 'caution'),
  SecurityLogWasCleared: meaning('Its security log was cleared', true, 'serious'),
  ReconfigurationOfSecurityParameters: meaning('Its security settings were changed', false, 'caution'),
  MemoryExhaustion: meaning('Its memory is full', true, 'serious'),
  InvalidMessages: meaning('It got messages that it does not understand', false, 'caution'),
  AttemptedReplayAttacks: meaning('Somebody repeated messages to it', false, 'serious'),
  TamperDetectionActivated: meaning('It was tampered with', true, 'critical'),
  InvalidFirmwareSignature: meaning('It refused firmware: the signature is wrong', false, 'serious'),
  InvalidFirmwareSigningCertificate: meaning('It refused firmware: the signing certificate is wrong', false, 'serious'),
  InvalidCentralSystemCertificate: meaning('It does not trust our certificate', false, 'serious'),
  InvalidChargePointCertificate: meaning('It refused the certificate that it was sent', false, 'serious'),
  InvalidTLSVersion: meaning('It met a TLS version that it does not allow', false, 'caution'),
  InvalidTLSCipherSuite: meaning('It met a TLS cipher suite that it does not allow', false, 'caution'),
  MaintenanceLoginAccepted: meaning('Somebody signed in at it', true, 'caution'),
  MaintenanceLoginFailed: meaning('Somebody failed to sign in at it', true, 'serious'),
}

/** Not a charger's words: what we make of its answers, kept beside them. */
const OURS: Record<string, Meaning> = {
  FirmwareUpdateFailed: meaning('An update of its firmware did not succeed', false, 'caution'),
}

/** Chargers that know OCPP 2.x as well send its names. */
const ALSO: Record<string, string> = {
  FailedToAuthenticateAtCsms: 'FailedToAuthenticateAtCentralSystem',
  CsmsFailedToAuthenticate: 'CentralSystemFailedToAuthenticate',
  InvalidCsmsCertificate: 'InvalidCentralSystemCertificate',
  InvalidChargingStationCertificate: 'InvalidChargePointCertificate',
}

/** What an event of this type means. A type that no list knows is a vendor's: kept, told as it is, not critical. */
export const securityEventMeaning = (type: string): Meaning => {
  const name = Object.hasOwn(ALSO, type) ? ALSO[type]! : type
  if (Object.hasOwn(OURS, name)) return OURS[name]!
  return Object.hasOwn(EVENTS, name) ? EVENTS[name]! : { words: `It reports "${type}"`, critical: false, mark: 'caution' }
}

/** An operator is asked to look: what the whitepaper calls critical, and what speaks of an attack. */
export const asksForALook = (type: string): boolean => {
  const { critical, mark } = securityEventMeaning(type)
  return critical || mark === 'serious'
}
