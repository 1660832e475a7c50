import { describe, expect, test } from 'vitest'
import { at, charger, max, relative, tx, txDefault } from './golden-charger.ts'
import { type Installed, portLimit } from './limit.ts'
import { forgetEverything, freshMemory } from './memory.ts'
import { LEVEL_2_80A } from './model.ts'
import { clear, endOfTransaction, install, type StoreRules } from './profile-store.ts'

const rules = (transactionId: number | undefined = 77): StoreRules => ({
  ports: 2,
  units: ['A', 'W'],
  maxStackLevel: 3,
  maxPeriods: 3,
  maxProfiles: 3,
  refusesZero: false,
  transactionOn: (port) => (port === 1 && transactionId !== undefined ? { transactionId } : undefined),
})
const putting = (held: Installed[], { connectorId, profile }: Installed, r = rules()) =>
  install(held, r, connectorId, profile, at('20:00:00'))
const heldIds = (held: readonly Installed[]) => held.map((i) => i.profile.chargingProfileId)

describe('what is replaced, refused, cleared and forgotten', () => {
  const held = (...all: Installed[]): Installed[] => all
  const kept = (held: Installed[], one: Installed) => {
    const outcome = putting(held, one)
    return outcome.status === 'Accepted' ? heldIds(outcome.profiles) : outcome.reason
  }

  test('the same purpose and stack level on the same connector is replaced (§3.13.2)', () => {
    expect(kept(held(tx([[0, 10]], { chargingProfileId: 901 })), tx([[0, 20]], { chargingProfileId: 902 }))).toEqual([902])
  })
  test('the same id is replaced wherever it was (§5.16)', () => {
    expect(kept(held(txDefault([[0, 10]], { on: 2, chargingProfileId: 901 })), tx([[0, 20]], { chargingProfileId: 901 }))).toEqual([901])
  })
  test('defaults of connector 0 and connector 1 stand beside each other (§3.13.1)', () => {
    const zero = txDefault([[0, 10]], { on: 0, chargingProfileId: 901 })
    expect(kept(held(zero), txDefault([[0, 10]], { on: 1, chargingProfileId: 902 }))).toEqual([901, 902])
  })
  test('a replacement valid only tomorrow leaves default behaviour until then (§3.13.2)', () => {
    const outcome = putting(held(tx([[0, 10]])), tx([[0, 20]], { validFrom: '2026-03-11T00:00:00Z' }))
    expect(outcome.status === 'Accepted' && portLimit(charger(outcome.profiles), 1, at('21:00:00')).powerW).toBe(19_200)
  })

  test.each<[string, Installed, StoreRules]>([
    ['no transaction for this TxProfile', tx([[0, 10]]), { ...rules(), transactionOn: () => undefined }],
    ['another transaction runs', tx([[0, 10]], { transactionId: 5 }), rules()],
    ['TxProfile needs a connector', tx([[0, 10]], { on: 0 }), rules()],
    ['ChargePointMaxProfile belongs on connector 0', max([[0, 10]], { on: 1 }), rules()],
    ['no connector 3', txDefault([[0, 10]], { on: 3 }), rules()],
    ['stack level above 3', tx([[0, 10]], { stackLevel: 4 }), rules()],
    ['takes A only', tx([[0, 10]], { chargingRateUnit: 'W' }), { ...rules(), units: ['A'] }],
    [
      'more than 3 periods',
      tx([
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 4],
      ]),
      rules(),
    ],
    ['the first period must start at 0', tx([[5, 10]]), rules()],
    ['cannot pause', tx([[0, 0]]), { ...rules(), refusesZero: true }],
    ['Recurring needs recurrencyKind and startSchedule', tx([[0, 10]], { chargingProfileKind: 'Recurring' }), rules()],
  ])('refused: %s', (reason, one, r) => {
    expect(putting([], one, r)).toEqual({ status: 'Rejected', reason })
  })
  test('refused: a fourth profile where three fit', () => {
    const full = held(txDefault([[0, 1]], { on: 0 }), txDefault([[0, 1]], { on: 1 }), txDefault([[0, 1]], { on: 2 }))
    expect(putting(full, tx([[0, 10]])).status).toBe('Rejected')
  })

  const several = () =>
    held(
      txDefault([[0, 1]], { on: 0, chargingProfileId: 1 }),
      txDefault([[0, 1]], { on: 1, chargingProfileId: 2 }),
      tx([[0, 1]], { chargingProfileId: 3, stackLevel: 2 }),
    )
  test.each([
    ['an id clears that one', { id: 2 }, [1, 3]],
    ['a purpose clears all of it', { chargingProfilePurpose: 'TxDefaultProfile' as const }, [3]],
    ['connector 0 clears only what stands on 0', { connectorId: 0 }, [2, 3]],
    ['criteria must all match', { connectorId: 1, stackLevel: 2 }, [1, 2]],
    ['no criterion clears everything (§5.5)', {}, []],
    ['an unknown id clears nothing', { id: 99 }, [1, 2, 3]],
  ])('clear: %s', (_says, wanted, left) => {
    expect(heldIds(clear(several(), wanted))).toEqual(left)
  })

  test('with its transaction the TxProfile dies; the next one starts on the default (§3.13.1)', () => {
    const next = endOfTransaction(held(txDefault([[0, 6]], relative), tx([[0, 40]])), 1)
    expect(portLimit(charger(next, { charging: '22:00:00' }), 1, at('22:00:01'))).toMatchObject({
      powerW: 1_440,
      because: 'TxDefaultProfile',
    })
  })
  test('the end of a transaction on port 2 leaves the TxProfile of port 1 (§3.13.1)', () => {
    expect(portLimit(charger(endOfTransaction(held(tx([[0, 40]])), 2)), 1, at('21:00:00')).powerW).toBe(9_600)
  })

  test('a reboot with memory changes nothing (errata 3.37); one without leaves the nameplate', () => {
    const memory = freshMemory(LEVEL_2_80A, 2)
    memory.profiles = held(txDefault([[0, 6]], relative))
    // a reboot that keeps its memory goes on with this very object
    expect(portLimit(charger(memory.profiles), 1, at('21:00:00'))).toMatchObject({ powerW: 1_440, because: 'TxDefaultProfile' })
    forgetEverything(memory, LEVEL_2_80A)
    expect(portLimit(charger(memory.profiles), 1, at('21:00:00'))).toMatchObject({ powerW: 19_200, because: 'nameplate' })
  })
})
