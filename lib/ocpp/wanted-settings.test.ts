import { describe, expect, test } from 'vitest'
import { offlinePolicies } from './offline-policy.ts'
import { type Compared, compare, drifts, type Told, wantedOf } from './wanted-settings.ts'

const desired = (kind: string, name: string, key: string, value: string) => ({ kind, name, key, value })
const told = (keys: Record<string, string>, more: Partial<Told> = {}): Told => ({
  items: Object.entries(keys).map(([key, value]) => ({ key, value, readonly: key.startsWith('RO') })),
  answers: {},
  firmware: '1',
  bootedAt: 1000,
  ...more,
})
const wanted = (all: ReturnType<typeof desired>[], more: object = {}) =>
  wantedOf({ policy: 'known', model: 'Acme One', group: 'Yard', desired: all, ...more })
const state = (all: Compared[], key: string) => all.find((each) => each.key === key)?.state

describe('what is wanted', () => {
  test('a group goes before a model, a model before the policy and before what every charger gets; names and keys without case', () => {
    const all = wanted([
      desired('model', 'ACME one', 'heartbeatinterval', '600'),
      desired('group', 'yard', 'HeartbeatInterval', '900'),
      desired('model', 'acme one', 'AllowOfflineTxForUnknownId', 'true'),
      desired('model', 'Other', 'LocalAuthorizeOffline', 'false'),
    ])
    const of = (key: string) => all.filter((each) => each.key.toLowerCase() === key.toLowerCase())
    expect(of('HeartbeatInterval')).toMatchObject([{ value: '900', from: 'group' }])
    expect(of('AllowOfflineTxForUnknownId')).toMatchObject([{ value: 'true', from: 'model' }])
    expect(of('LocalAuthorizeOffline')).toMatchObject([{ value: 'true', from: 'offlinePolicy' }])
    expect(of('MeterValueSampleInterval')).toMatchObject([{ value: '15', from: 'everyCharger' }])
  })

  test('guarded keys are never wanted, and each key once, under every policy', () => {
    for (const policy of offlinePolicies) {
      const all = wanted([desired('group', 'Yard', 'SecurityProfile', '0'), desired('group', 'Yard', 'MaxCurrent', '80')], { policy })
      const keys = all.map(({ key }) => key.toLowerCase())
      expect(keys).not.toContain('securityprofile')
      expect(keys).not.toContain('maxcurrent')
      expect(new Set(keys).size).toBe(keys.length)
    }
  })
})

describe('beside what it has', () => {
  const one = [desired('model', 'Acme One', 'Lamp', 'on')]
  const lamp = (charger: Told, again = false) => state(compare(wanted(one), charger, again), 'Lamp')

  test.each<[string, string, Told]>([
    ['the same, in another case', 'same', told({ Lamp: 'ON' })],
    ['another value', 'differs', told({ Lamp: 'off' })],
    ['a key that it does not tell', 'unknown', told({ Other: '1' })],
    ['a charger that told nothing', 'notTold', told({})],
    [
      'refused by this firmware',
      'refused',
      told({ Lamp: 'off' }, { answers: { lamp: { firmware: '1', refused: [{ value: 'on', said: 'Rejected' }] } } }),
    ],
    [
      'refused by the firmware of before',
      'differs',
      told({ Lamp: 'off' }, { answers: { lamp: { firmware: '0', refused: [{ value: 'on', said: 'Rejected' }] } } }),
    ],
    [
      'another value was refused',
      'differs',
      told({ Lamp: 'off' }, { answers: { lamp: { firmware: '1', refused: [{ value: 'dim', said: 'Rejected' }] } } }),
    ],
    [
      'taken, before a boot',
      'needsReboot',
      told({ Lamp: 'off' }, { answers: { lamp: { firmware: '1', refused: [], reboot: { value: 'on', at: 2000 } } } }),
    ],
    [
      'taken, after a boot',
      'differs',
      told({ Lamp: 'off' }, { answers: { lamp: { firmware: '1', refused: [], reboot: { value: 'on', at: 500 } } } }),
    ],
    ['taken, and never told', 'same', told({ Other: '1' }, { answers: { lamp: { firmware: '1', refused: [], took: 'on' } } })],
  ])('%s: %s', (_, expected, charger) => expect(lamp(charger)).toBe(expected))

  test('a person’s repair asks again what was refused; read-only stays read-only', () => {
    const refused = told({ Lamp: 'off' }, { answers: { lamp: { firmware: '1', refused: [{ value: 'on', said: 'Rejected' }] } } })
    expect(lamp(refused, true)).toBe('differs')
    const fixed = compare(wanted([desired('model', 'Acme One', 'ROKey', 'new')]), told({ ROKey: 'old' }))
    expect(state(fixed, 'ROKey')).toBe('readOnly')
  })

  test('a key that every charger gets and this one does not know is no drift', () => {
    const all = compare(wanted([]), told({ HeartbeatInterval: '300' }))
    expect(all.map(({ key }) => key)).toEqual(['HeartbeatInterval'])
    expect(all.some(drifts)).toBe(false)
  })

  test('second best is good where the best was refused', () => {
    const charger = told(
      { MeterValueSampleInterval: '20' },
      { answers: { metervaluesampleinterval: { firmware: '1', refused: [{ value: '15', said: 'Rejected' }] } } },
    )
    expect(state(compare(wanted([]), charger), 'MeterValueSampleInterval')).toBe('same')
  })
})
