import { describe, expect, test } from 'vitest'
import { instant } from '#lib/time/instant.ts'
import { compositeSchedule } from './composite.ts'
import { type Circumstances, chargerLimit, type Installed, portLimit } from './limit.ts'
import type { Profile } from './profile.ts'
import { clear, endOfTransaction, install, type StoreRules } from './profile-store.ts'

// The golden table: every figure is written by hand from the OCPP 1.6 text, none is calculated by the code under test.
// The charger: two ports, 240 V single-phase, 80 A each (19,200 W); its own maximum is 38,400 W.

const at = (time: string) => instant(`2026-03-10T${time}Z`)
const WIRES = { volts: 240, phases: 1, maxAmps: 80, switchesPhases: false } as const
const THREE_PHASE = { volts: 230, phases: 3, maxAmps: 32, switchesPhases: false } as const

type Part = Partial<Omit<Profile, 'chargingSchedule'>> & Partial<Profile['chargingSchedule']> & { on?: number; received?: string }
let nextId = 1
const profile = (purpose: Profile['chargingProfilePurpose'], periods: [number, number, number?][], part: Part = {}): Installed => ({
  connectorId: part.on ?? (purpose === 'ChargePointMaxProfile' ? 0 : 1),
  receivedAt: at(part.received ?? '20:00:00'),
  profile: {
    chargingProfileId: part.chargingProfileId ?? nextId++,
    transactionId: part.transactionId,
    stackLevel: part.stackLevel ?? 0,
    chargingProfilePurpose: purpose,
    chargingProfileKind: part.chargingProfileKind ?? 'Absolute',
    recurrencyKind: part.recurrencyKind,
    validFrom: part.validFrom,
    validTo: part.validTo,
    chargingSchedule: {
      duration: part.duration,
      startSchedule: part.chargingProfileKind === 'Relative' ? undefined : (part.startSchedule ?? '2026-03-10T20:00:00Z'),
      chargingRateUnit: part.chargingRateUnit ?? 'A',
      chargingSchedulePeriod: periods.map(([startPeriod, limit, numberPhases]) => ({ startPeriod, limit, numberPhases })),
      minChargingRate: part.minChargingRate,
    },
  },
})
const txDefault = (periods: [number, number, number?][], part: Part = {}) => profile('TxDefaultProfile', periods, part)
const tx = (periods: [number, number, number?][], part: Part = {}) => profile('TxProfile', periods, part)
const max = (periods: [number, number, number?][], part: Part = {}) => profile('ChargePointMaxProfile', periods, part)
const relative = { chargingProfileKind: 'Relative' } as const

/** A transaction, number 77, runs on port 1 since 20:00 unless said otherwise. */
const charger = (profiles: Installed[], change: Partial<Circumstances> & { charging?: 'nobody' | string } = {}): Circumstances => ({
  profiles,
  wires: WIRES,
  afterDuration: 'toDefault',
  ports: 2,
  transactionOn: (port) =>
    change.charging === 'nobody' || port !== 1 ? undefined : { startedAt: at(change.charging ?? '20:00:00'), transactionId: 77 },
  ...change,
})

type Row = [says: string, charger: Circumstances, time: string, expectedW: number, because: string]

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

  // — the schedule in time
  [
    'before startSchedule an absolute profile does not act yet',
    charger([tx([[0, 10]], { startSchedule: '2026-03-10T21:00:00Z' })]),
    '20:59:59',
    19_200,
    'nameplate',
  ],
  [
    'before startSchedule of the TxProfile the default acts',
    charger([txDefault([[0, 16]], relative), tx([[0, 10]], { startSchedule: '2026-03-10T21:00:00Z' })]),
    '20:59:59',
    3_840,
    'TxDefaultProfile',
  ],
  [
    'first period',
    charger([
      tx([
        [0, 10],
        [3_600, 20],
        [7_200, 0],
      ]),
    ]),
    '20:59:59',
    2_400,
    'TxProfile',
  ],
  [
    'a period begins with its second',
    charger([
      tx([
        [0, 10],
        [3_600, 20],
        [7_200, 0],
      ]),
    ]),
    '21:00:00',
    4_800,
    'TxProfile',
  ],
  [
    'the last period goes on when no duration is given (§7.13)',
    charger([
      tx([
        [0, 10],
        [3_600, 20],
        [7_200, 12],
      ]),
    ]),
    '23:59:59',
    2_880,
    'TxProfile',
  ],
  [
    'a startSchedule hours ago is read from its own beginning',
    charger([
      tx(
        [
          [0, 10],
          [18_000, 20],
        ],
        { startSchedule: '2026-03-10T16:00:00Z' },
      ),
    ]),
    '21:30:00',
    4_800,
    'TxProfile',
  ],
  [
    'an offset in startSchedule is honoured',
    charger([
      tx(
        [
          [0, 10],
          [3_600, 20],
        ],
        { startSchedule: '2026-03-10T12:00:00-08:00' },
      ),
    ]),
    '21:00:00',
    4_800,
    'TxProfile',
  ],

  // — relative
  [
    'Relative begins with the transaction (§7.10)',
    charger(
      [
        tx(
          [
            [0, 10],
            [3_600, 20],
          ],
          relative,
        ),
      ],
      { charging: '20:30:00' },
    ),
    '21:29:59',
    2_400,
    'TxProfile',
  ],
  [
    'Relative reaches its second period an hour into the transaction',
    charger(
      [
        tx(
          [
            [0, 10],
            [3_600, 20],
          ],
          relative,
        ),
      ],
      { charging: '20:30:00' },
    ),
    '21:30:00',
    4_800,
    'TxProfile',
  ],
  [
    'a Relative default on an old transaction is at its end, not its start',
    charger(
      [
        txDefault(
          [
            [0, 40],
            [1_800, 6],
          ],
          relative,
        ),
      ],
      { charging: '14:00:00' },
    ),
    '21:00:00',
    1_440,
    'TxDefaultProfile',
  ],
  [
    'Absolute without startSchedule is relative to the start of charging (§7.13)',
    charger(
      [
        {
          ...tx([
            [0, 10],
            [3_600, 20],
          ]),
          profile: {
            ...tx([]).profile,
            chargingSchedule: {
              chargingRateUnit: 'A',
              chargingSchedulePeriod: [
                { startPeriod: 0, limit: 10 },
                { startPeriod: 3_600, limit: 20 },
              ],
            },
          },
        },
      ],
      { charging: '20:30:00' },
    ),
    '21:29:00',
    2_400,
    'TxProfile',
  ],

  // — recurring
  [
    'Daily: the next evening is as this one (§7.10)',
    charger([
      txDefault(
        [
          [0, 10],
          [14_400, 40],
        ],
        { chargingProfileKind: 'Recurring', recurrencyKind: 'Daily', startSchedule: '2026-03-01T18:00:00Z' },
      ),
    ]),
    '21:59:59',
    2_400,
    'TxDefaultProfile',
  ],
  [
    'Daily: second period at 22:00',
    charger([
      txDefault(
        [
          [0, 10],
          [14_400, 40],
        ],
        { chargingProfileKind: 'Recurring', recurrencyKind: 'Daily', startSchedule: '2026-03-01T18:00:00Z' },
      ),
    ]),
    '22:00:00',
    9_600,
    'TxDefaultProfile',
  ],
  [
    'Daily: still the second period the next afternoon',
    charger([
      txDefault(
        [
          [0, 10],
          [14_400, 40],
        ],
        { chargingProfileKind: 'Recurring', recurrencyKind: 'Daily', startSchedule: '2026-03-01T18:00:00Z' },
      ),
    ]),
    '17:59:59',
    9_600,
    'TxDefaultProfile',
  ],
  [
    'Daily with a duration is over in the afternoon',
    charger([
      txDefault([[0, 10]], {
        chargingProfileKind: 'Recurring',
        recurrencyKind: 'Daily',
        startSchedule: '2026-03-01T18:00:00Z',
        duration: 43_200,
      }),
    ]),
    '12:00:00',
    19_200,
    'nameplate',
  ],
  [
    'Weekly: 2026-03-10 is a Tuesday, the schedule began on Monday the 2nd',
    charger([
      txDefault(
        [
          [0, 10],
          [86_400, 40],
          [172_800, 20],
        ],
        { chargingProfileKind: 'Recurring', recurrencyKind: 'Weekly', startSchedule: '2026-03-02T00:00:00Z' },
      ),
    ]),
    '12:00:00',
    9_600,
    'TxDefaultProfile',
  ],

  // — duration ends: the specification is silent, models differ
  [
    'duration over, model that drops to the default',
    charger([txDefault([[0, 8]], relative), tx([[0, 40]], { duration: 3_600 })]),
    '21:00:00',
    1_920,
    'TxDefaultProfile',
  ],
  [
    'duration over, model that goes to full power',
    charger([txDefault([[0, 8]], relative), tx([[0, 40]], { duration: 3_600 })], { afterDuration: 'fullPower' }),
    '21:00:00',
    19_200,
    'nameplate',
  ],
  [
    'full power after a duration still obeys ChargePointMax (§3.13.3)',
    charger([max([[0, 20]]), tx([[0, 40]], { duration: 3_600 })], { afterDuration: 'fullPower' }),
    '21:00:00',
    4_800,
    'ChargePointMaxProfile',
  ],
  [
    'one second before its end the duration still counts',
    charger([txDefault([[0, 8]], relative), tx([[0, 40]], { duration: 3_600 })]),
    '20:59:59',
    9_600,
    'TxProfile',
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
})

describe('the composite schedule (§5.7)', () => {
  const schedule = (c: Circumstances, connector: number, unit: 'A' | 'W' = 'A', from = '20:30:00', durationS = 7_200) =>
    compositeSchedule(c, connector, at(from), durationS, unit).chargingSchedulePeriod.map((p) => [p.startPeriod, p.limit])

  test('the lowest of the purposes in each interval (§3.13.3)', () => {
    const c = charger([
      max([
        [0, 30],
        [5_400, 15],
      ]),
      tx([
        [0, 20],
        [3_600, 50],
      ]),
    ])
    expect(schedule(c, 1)).toEqual([
      [0, 20],
      [1_800, 30],
      [3_600, 15],
    ])
  })
  test('a TxProfile that runs out falls to the default within the schedule', () => {
    expect(schedule(charger([txDefault([[0, 8]], relative), tx([[0, 20]], { duration: 3_600 })]), 1)).toEqual([
      [0, 20],
      [1_800, 8],
    ])
  })
  test('… or to full power, on the other kind of model', () => {
    const c = charger([txDefault([[0, 8]], relative), tx([[0, 20]], { duration: 3_600 })], { afterDuration: 'fullPower' })
    expect(schedule(c, 1)).toEqual([
      [0, 20],
      [1_800, 80],
    ])
  })
  test('an idle port shows what a transaction starting now would get', () => {
    expect(
      schedule(
        charger(
          [
            txDefault(
              [
                [0, 16],
                [3_600, 6],
              ],
              relative,
            ),
          ],
          { charging: 'nobody' },
        ),
        1,
      ),
    ).toEqual([
      [0, 16],
      [3_600, 6],
    ])
  })
  test('connector 0 is the sum of the ports under ChargePointMax, here in W', () => {
    const c = charger([
      max(
        [
          [0, 20_000],
          [5_400, 3_000],
        ],
        { chargingRateUnit: 'W' },
      ),
      tx([[0, 20]]),
      txDefault([[0, 10]], { on: 2, ...relative }),
    ])
    expect(schedule(c, 0, 'W')).toEqual([
      [0, 7_200],
      [3_600, 3_000],
    ])
  })
  test('no profile: the nameplate', () => {
    expect(schedule(charger([]), 1)).toEqual([[0, 80]])
  })
  test('a daily default turns at its hour', () => {
    const daily = { chargingProfileKind: 'Recurring', recurrencyKind: 'Daily', startSchedule: '2026-03-01T18:00:00Z' } as const
    expect(
      schedule(
        charger([
          txDefault(
            [
              [0, 10],
              [14_400, 40],
            ],
            daily,
          ),
        ]),
        1,
      ),
    ).toEqual([
      [0, 10],
      [5_400, 40],
    ])
  })
})
