import { describe, expect, test } from 'vitest'
import { compositeSchedule } from './composite.ts'
import { at, charger, max, relative, tx, txDefault } from './golden-charger.ts'
import type { Circumstances } from './limit.ts'

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
