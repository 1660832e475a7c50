import { expect, test } from 'vitest'
import { asksForALook, securityEventMeaning } from './security-events16.ts'

/** The whole list of the whitepaper for 1.6, with its column "critical". */
const LIST: [string, boolean][] = [
  ['FirmwareUpdated', true],
  ['FailedToAuthenticateAtCentralSystem', false],
  ['CentralSystemFailedToAuthenticate', false],
  ['SettingSystemTime', true],
  ['StartupOfTheDevice', true],
  ['ResetOrReboot', true],
  ['SecurityLogWasCleared', true],
  ['ReconfigurationOfSecurityParameters', false],
  ['MemoryExhaustion', true],
  ['InvalidMessages', false],
  ['AttemptedReplayAttacks', false],
  ['TamperDetectionActivated', true],
  ['InvalidFirmwareSignature', false],
  ['InvalidFirmwareSigningCertificate', false],
  ['InvalidCentralSystemCertificate', false],
  ['InvalidChargePointCertificate', false],
  ['InvalidTLSVersion', false],
  ['InvalidTLSCipherSuite', false],
  ['MaintenanceLoginAccepted', true],
  ['MaintenanceLoginFailed', true],
]

test.each(LIST)('%s: critical as the list has it, in words of ours', (type, critical) => {
  const meaning = securityEventMeaning(type)
  expect(meaning.critical).toBe(critical)
  expect(meaning.words).not.toContain(type)
  if (critical) expect(asksForALook(type)).toBe(true)
})

test('wrong firmware and wrong certificates are looked at, though 1.6 does not call them critical', () => {
  for (const type of ['InvalidFirmwareSignature', 'InvalidCentralSystemCertificate', 'AttemptedReplayAttacks'])
    expect(asksForALook(type)).toBe(true)
  expect(asksForALook('InvalidMessages')).toBe(false)
})

test('what we concluded of its answers is not told as its own report', () => {
  expect(securityEventMeaning('FirmwareUpdateFailed')).toEqual({
    ...{ words: 'An update of its firmware did not succeed', critical: false, mark: 'caution' },
  })
})

test('the names of 2.x mean the same; a vendor’s own is told as it is', () => {
  expect(securityEventMeaning('InvalidCsmsCertificate')).toEqual(securityEventMeaning('InvalidCentralSystemCertificate'))
  expect(securityEventMeaning('AcmeDoorOpen')).toEqual({ words: 'It reports "AcmeDoorOpen"', critical: false, mark: 'caution' })
  expect(securityEventMeaning('constructor').words).toBe('It reports "constructor"')
})
