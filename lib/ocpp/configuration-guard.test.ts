import { describe, expect, test } from 'vitest'
import { verdictOnKey, whyNotDesired } from './configuration-guard.ts'
import { wantedSettings } from './configuration16.ts'

describe('configuration keys that nobody sets by hand', () => {
  test.each([
    ['AuthorizationKey', 'abc', 'new key for the charger'],
    ['authorizationkey', 'abc', 'new key for the charger'],
    ['BasicAuthPassword', 'abc', 'new key for the charger'],
    ['SecurityProfile', '1', 'never lowers it'],
    ['CpoName', 'Acme', 'under Security'],
    ['AdditionalRootCertificateCheck', 'false', 'less secure'],
    ['TLSVerifyPeer', '0', 'less secure'],
    ['ChargeProfileMaxStackLevel', '1', 'the envelope relies on it'],
    ['ChargingScheduleMaxPeriods', '1', 'the envelope relies on it'],
    ['MaxChargingProfilesInstalled', '0', 'the envelope relies on it'],
    ['SmartChargingEnabled', 'false', 'the envelope relies on it'],
    ['SupportedFeatureProfiles', 'Core', 'cannot be limited'],
    ['ConnectorSwitch3to1PhaseSupported', 'true', 'changes its phases'],
    ['ConnectorPhaseRotation', '1.RST', 'changes its phases'],
    ['NumberOfPhasesUsed', '3', 'changes its phases'],
    ['VendorMaxCurrent', '80', 'override ours'],
    ['GridPowerLimit', '80', 'override ours'],
    ['failsafeCurrent', '32', 'override ours'],
    ['FactoryReset', '1', 'factory reset'],
    ['ResetToDefaults', '1', 'factory reset'],
    ['CentralSystemURL', 'ws://elsewhere', 'where the charger connects'],
    ['csmsEndpoint', 'ws://elsewhere', 'where the charger connects'],
    ['OcppServerAddress', 'elsewhere', 'where the charger connects'],
    ['ChargeBoxId', 'X', 'where the charger connects'],
    ['LocalAuthorizeOffline', 'true', 'offline policy'],
    ['LocalAuthListEnabled', 'true', 'offline policy'],
    ['AllowOfflineTxForUnknownId', 'true', 'offline policy'],
    ['FreeMode', 'on', 'offline policy'],
    ['MeterValueSampleInterval', '0', '5 to 20 s'],
    ['MeterValueSampleInterval', '60', '5 to 20 s'],
    ['MeterValueSampleInterval', 'often', '5 to 20 s'],
    ['ClockAlignedDataInterval', '0', '60 to 3600 s'],
    ['WebSocketPingInterval', '0', '5 to 30 s'],
    ['WebSocketPingInterval', '300', '5 to 30 s'],
    ['HeartbeatInterval', '1', '10 to 86400 s'],
    ['HeartbeatInterval', '-1', '10 to 86400 s'],
    ['MeterValuesSampledData', 'Voltage', 'must be in the list'],
    ['NumberOfConnectors', '4', 'read-only'],
  ])('%s=%s', (key, value, words) => {
    expect(verdictOnKey(key, value)).toMatchObject({ kind: 'refused', reason: expect.stringContaining(words) })
  })

  test.each([
    ['LightIntensity', '50'],
    ['MeterValueSampleInterval', '15'],
    ['HeartbeatInterval', '60'],
    ['WebSocketPingInterval', '20'],
    ['MeterValuesSampledData', 'SoC,Energy.Active.Import.Register'],
    ['ConnectionTimeOut', '120'],
    ['ResetRetries', '3'],
  ])('%s=%s may be set', (key, value) => {
    expect(verdictOnKey(key, value)).toEqual({ kind: 'free' })
  })

  test('a maker’s own key may be a limit: the envelope is asked', () => {
    for (const key of ['OpMode', 'X-Setting-17', 'CableLockPolicy']) expect(verdictOnKey(key, '1')).toEqual({ kind: 'mayBeLimit' })
  })

  test('a secret cannot be desired: what is desired is kept and shown', () => {
    for (const key of ['SimPin', 'VendorSecret', 'MqttToken', 'ApiKey']) expect(whyNotDesired(key, 'hunter2')).toMatch(/secret/)
    expect(whyNotDesired('LightIntensity', '50')).toBeUndefined()
  })

  test('what commissioning itself sets is free, or the offline policy’s own', () => {
    for (const { key, value, orElse = [] } of wantedSettings)
      for (const each of [value, ...orElse]) {
        const verdict = verdictOnKey(key, each)
        if (verdict.kind === 'refused') expect([key, verdict.ownedBy]).toEqual([key, 'offlinePolicy'])
        else expect([key, verdict.kind]).toEqual([key, 'free'])
      }
  })
})
