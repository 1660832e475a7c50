import { expect, test } from 'vitest'
import { at, charger, max, type Row, relative, tx, txDefault } from './golden-charger.ts'
import { portLimit } from './limit.ts'

// The golden table, second part: when a limit counts.
// Every figure is written by hand from the OCPP 1.6 text, none is calculated by the code under test.
// A transaction, number 77, runs on port 1 since 20:00 unless said otherwise; the port's nameplate is 19,200 W.

const ROWS: Row[] = [
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
]

test.each(ROWS)('%s', (_says, given, time, expectedW, because) => {
  expect(portLimit(given, 1, at(time))).toMatchObject({ powerW: expectedW, because })
})
