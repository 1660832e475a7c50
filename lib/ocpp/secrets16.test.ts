import { describe, expect, test } from 'vitest'
import { isSecretKey, MASK, namesSecret, withoutSecrets } from './secrets16.ts'

describe('what the raw log may keep', () => {
  test.each([
    'AuthorizationKey',
    'authorizationkey',
    'WifiPassword',
    'ftp_passwd',
    'ApiKey',
    'VendorSecret',
    'SimPIN Pin',
    'SimPin',
    'SimPINCode',
    'MqttToken',
  ])('%s is a secret', (key) => expect(isSecretKey(key)).toBe(true))
  test.each([
    'HeartbeatInterval',
    'ConnectorPhaseRotation',
    'AuthorizeRemoteTxRequests',
    'SecurityProfile',
    'CpoName',
    'MeterValueSampleInterval',
  ])('%s is none', (key) => expect(isSecretKey(key)).toBe(false))

  test.each(['TokenTTL', 'IdTokenLength', 'TokenTokenTimeout'])('%s says something about tokens, and is none', (key) =>
    expect(isSecretKey(key)).toBe(false),
  )

  test('a key as long as a whole frame is judged in one pass', () => {
    const began = performance.now()
    expect(isSecretKey(`${'token'.repeat(50_000)}ttl`)).toBe(false)
    expect(isSecretKey('token'.repeat(50_000))).toBe(true)
    // trying each word anew took eight seconds, in which no other charger was heard
    expect(performance.now() - began).toBeLessThan(1_000)
  })

  test('a text that is no message', () => {
    expect(namesSecret('[3,"7",{"configurationKey":[{"key":"WifiPassword","value":"hunter2"}')).toBe(true)
    expect(namesSecret('[2,"7","StartTransaction",{"idTag":"TOKEN-7"')).toBe(false)
  })

  test('a key that leaves in ChangeConfiguration', () => {
    expect(withoutSecrets('ChangeConfiguration', { key: 'AuthorizationKey', value: 'abc' })).toEqual({
      key: 'AuthorizationKey',
      value: MASK,
    })
    expect(withoutSecrets('ChangeConfiguration', { key: 'HeartbeatInterval', value: '30' })).toEqual({
      key: 'HeartbeatInterval',
      value: '30',
    })
  })

  test('a key that a charger tells in its configuration, as an answer inside its frame', () => {
    const answer = {
      configurationKey: [
        { key: 'AuthorizationKey', readonly: false, value: 'abc' },
        { key: 'NumberOfConnectors', readonly: true, value: '2' },
      ],
      unknownKey: [],
    }
    const kept = { ...answer, configurationKey: [{ key: 'AuthorizationKey', readonly: false, value: MASK }, answer.configurationKey[1]] }
    expect(withoutSecrets(null, answer)).toEqual(kept)
    expect(withoutSecrets(null, [answer])).toEqual([kept])
  })

  test('one-time addresses and passwords in addresses', () => {
    expect(withoutSecrets('GetLog', { requestId: 1, log: { remoteLocation: 'https://u:p@depot.example:9/files/up/tok123?x=1' } })).toEqual({
      requestId: 1,
      log: { remoteLocation: `https://depot.example:9/${MASK}` },
    })
    expect(withoutSecrets('UpdateFirmware', { location: 'ftp://files.example/', retrieveDate: 'x' })).toEqual({
      location: 'ftp://files.example/',
      retrieveDate: 'x',
    })
  })
})
