import { expect, test } from 'vitest'
import { at, charger, max, type Row, relative, THREE_PHASE, tx, txDefault } from './golden-charger.ts'
import { chargerLimit, portLimit } from './limit.ts'

// The golden table, first part: whose limit counts.
// Every figure is written by hand from the OCPP 1.6 text, none is calculated by the code under test.
// A transaction, number 77, runs on port 1 since 20:00 unless said otherwise; the port's nameplate is 19,200 W.

const ROWS: Row[] = [
  // — nothing installed
  ['no profile: no constraint but the nameplate (§3.13.6)', charger([]), '21:00:00', 19_200, 'nameplate'],
  ['a limit above the nameplate gives no more than the nameplate', charger([tx([[0, 100]])]), '21:00:00', 19_200, 'nameplate'],

  // — purposes
  [
    'TxDefaultProfile acts where no TxProfile is (§3.13.1)',
    charger([txDefault([[0, 10]], relative)]),
    '21:00:00',
    2_400,
    'TxDefaultProfile',
  ],
  ['TxProfile overrules a lower TxDefaultProfile (§3.13.1)', charger([txDefault([[0, 6]]), tx([[0, 40]])]), '21:00:00', 9_600, 'TxProfile'],
  [
    'TxProfile overrules a higher TxDefaultProfile too (§3.13.1)',
    charger([txDefault([[0, 40]]), tx([[0, 6]])]),
    '21:00:00',
    1_440,
    'TxProfile',
  ],
  [
    'TxProfile overrules whatever the stack level of the default (§3.13.1)',
    charger([txDefault([[0, 6]], { stackLevel: 9 }), tx([[0, 40]])]),
    '21:00:00',
    9_600,
    'TxProfile',
  ],
  [
    'ChargePointMax caps a TxProfile: the lowest counts (§3.13.3)',
    charger([max([[0, 20]]), tx([[0, 40]])]),
    '21:00:00',
    4_800,
    'ChargePointMaxProfile',
  ],
  [
    'ChargePointMax above the TxProfile changes nothing (§3.13.3)',
    charger([max([[0, 60]]), tx([[0, 40]])]),
    '21:00:00',
    9_600,
    'TxProfile',
  ],
  [
    'ChargePointMax alone caps a port without transaction profiles (§3.13.3)',
    charger([max([[0, 20]])]),
    '21:00:00',
    4_800,
    'ChargePointMaxProfile',
  ],
  ['a TxProfile of another connector does not count here (§3.13.1)', charger([tx([[0, 10]], { on: 2 })]), '21:00:00', 19_200, 'nameplate'],
  [
    'a TxProfile naming another transaction does not count (§3.13.1)',
    charger([tx([[0, 10]], { transactionId: 76 })]),
    '21:00:00',
    19_200,
    'nameplate',
  ],
  ['a TxProfile naming this transaction counts (§3.13.1)', charger([tx([[0, 10]], { transactionId: 77 })]), '21:00:00', 2_400, 'TxProfile'],

  // — connector 0
  [
    'TxDefaultProfile on connector 0 applies to each connector (§3.13.1)',
    charger([txDefault([[0, 16]], { on: 0 })]),
    '21:00:00',
    3_840,
    'TxDefaultProfile',
  ],
  [
    'connector 1 own default replaces that of connector 0 there (§3.13.1)',
    charger([txDefault([[0, 16]], { on: 0 }), txDefault([[0, 30]], { on: 1 })]),
    '21:00:00',
    7_200,
    'TxDefaultProfile',
  ],
  [
    'connector 2 own default leaves connector 1 with that of connector 0 (§3.13.1)',
    charger([txDefault([[0, 16]], { on: 0 }), txDefault([[0, 30]], { on: 2 })]),
    '21:00:00',
    3_840,
    'TxDefaultProfile',
  ],

  // — stack levels
  [
    'the highest stack level prevails, even when higher in power (§3.13.2)',
    charger([tx([[0, 10]], { stackLevel: 0 }), tx([[0, 50]], { stackLevel: 3 })]),
    '21:00:00',
    12_000,
    'TxProfile',
  ],
  [
    'a higher level not yet valid leaves the lower one (§3.13.2)',
    charger([tx([[0, 10]]), tx([[0, 50]], { stackLevel: 3, validFrom: '2026-03-10T22:00:00Z' })]),
    '21:59:59',
    2_400,
    'TxProfile',
  ],
  [
    'validFrom belongs to the validity (§7.8)',
    charger([tx([[0, 10]]), tx([[0, 50]], { stackLevel: 3, validFrom: '2026-03-10T22:00:00Z' })]),
    '22:00:00',
    12_000,
    'TxProfile',
  ],
  [
    'validTo does not belong to it (§7.8)',
    charger([tx([[0, 10]]), tx([[0, 50]], { stackLevel: 3, validTo: '2026-03-10T22:00:00Z' })]),
    '22:00:00',
    2_400,
    'TxProfile',
  ],
  [
    'the lower level acts where the upper one has run out (§3.13.2)',
    charger([tx([[0, 10]]), tx([[0, 50]], { stackLevel: 3, duration: 3_600 })]),
    '21:00:00',
    2_400,
    'TxProfile',
  ],
  [
    'stack levels of ChargePointMax likewise (§3.13.2)',
    charger([max([[0, 10]]), max([[0, 25]], { stackLevel: 1 })]),
    '21:00:00',
    6_000,
    'ChargePointMaxProfile',
  ],

  // — units and phases
  [
    'W is the power of the port, not of a phase (§7.12)',
    charger([tx([[0, 7_200]], { chargingRateUnit: 'W' })]),
    '21:00:00',
    7_200,
    'TxProfile',
  ],
  [
    'W and A are compared in one unit (§3.13.3)',
    charger([max([[0, 5_000]], { chargingRateUnit: 'W' }), tx([[0, 30]])]),
    '21:00:00',
    5_000,
    'ChargePointMaxProfile',
  ],
  ['A on three phases: 16 × 230 × 3 (§7.14)', charger([tx([[0, 16, 3]])], { wires: THREE_PHASE }), '21:00:00', 11_040, 'TxProfile'],
  [
    'A without numberPhases means three (§7.14)',
    charger([tx([[0, 16]])], { wires: { ...THREE_PHASE, switchesPhases: true } }),
    '21:00:00',
    11_040,
    'TxProfile',
  ],
  [
    'A on one phase where the charger can switch: 16 × 230',
    charger([tx([[0, 16, 1]])], { wires: { ...THREE_PHASE, switchesPhases: true } }),
    '21:00:00',
    3_680,
    'TxProfile',
  ],
  [
    'A on one phase where it cannot switch flows on all three',
    charger([tx([[0, 16, 1]])], { wires: THREE_PHASE }),
    '21:00:00',
    11_040,
    'TxProfile',
  ],
  ['three phases asked of a single-phase port are one', charger([tx([[0, 16, 3]])]), '21:00:00', 3_840, 'TxProfile'],
  ['0 A is a pause', charger([tx([[0, 0]])]), '21:00:00', 0, 'TxProfile'],
  ['0 A by default is a pause until a TxProfile comes', charger([txDefault([[0, 0]], relative)]), '21:00:00', 0, 'TxDefaultProfile'],
  ['one digit after the point is honoured (§7.14)', charger([tx([[0, 6.5]])]), '21:00:00', 1_560, 'TxProfile'],
  ['below minChargingRate the charger pauses (§7.13)', charger([tx([[0, 7]], { minChargingRate: 8 })]), '21:00:00', 0, 'TxProfile'],
  ['at minChargingRate it charges (§7.13)', charger([tx([[0, 8]], { minChargingRate: 8 })]), '21:00:00', 1_920, 'TxProfile'],
]

test.each(ROWS)('%s', (_says, given, time, expectedW, because) => {
  expect(portLimit(given, 1, at(time))).toMatchObject({ powerW: expectedW, because })
})

test('ChargePointMax is the limit of all connectors together (§3.13.3)', () => {
  expect(chargerLimit(charger([max([[0, 100]])]), at('21:00:00')).powerW).toBe(24_000)
  expect(chargerLimit(charger([], { chargerMaxW: 22_000 }), at('21:00:00')).powerW).toBe(22_000)
})
