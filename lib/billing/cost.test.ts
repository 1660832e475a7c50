import { describe, expect, test } from 'vitest'
import type { TariffWindow } from '#lib/energy/tariff.ts'
import { type Instant, instant, minutes, plus } from '#lib/time/instant.ts'
import { wholeParts } from '#lib/units/whole-parts.ts'
import { amountOf, type CostInput, costOf } from './cost.ts'

const BERLIN = 'Europe/Berlin'
const window = (name: string, startMinute: number, endMinute: number, priceMicroPerKwh: number): TariffWindow => ({
  name,
  seasonFrom: '01-01',
  seasonUntil: '12-31',
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  startMinute,
  endMinute,
  priceMicroPerKwh,
  demandMicroPerKw: 0,
})
/** Night 00:00–03:00 at 0.10, day at 0.30 per kWh. */
const tariff = { windows: [window('night', 0, 180, 100_000), window('day', 180, 1440, 300_000)] }
const steady = (from: string, until: string, powerW: number, everyMin = 15) => {
  const readings: { at: Instant; energyWh: number }[] = []
  for (let at = instant(from); at <= instant(until); at = plus(at, minutes(everyMin)))
    readings.push({ at, energyWh: 5_000 + Math.round(((at - instant(from)) * powerW) / 3_600_000) })
  return readings
}
const session = (from: string, until: string, more: Partial<CostInput> = {}): CostInput => ({
  startedAt: instant(from),
  until: instant(until),
  meterStartWh: 5_000,
  readings: [],
  tariff,
  zone: BERLIN,
  currency: 'EUR',
  ...more,
})
const summary = (input: CostInput) =>
  costOf(input).lines.map(({ window, energyWh, amountMinor, estimated }) => [window, energyWh, amountMinor, estimated])

describe('R17 AT6: cost across the clock change, to the cent (F7)', () => {
  test.each([
    // 10 kW from local midnight to 06:00. Spring: 00–02 and 03–06 exist: 2 h night, 3 h day. Autumn: 4 h night, 3 h day.
    [
      'Berlin spring',
      BERLIN,
      '2026-03-28T23:00Z',
      '2026-03-29T04:00Z',
      [
        ['night', 20_000, 200, false],
        ['day', 30_000, 900, false],
      ],
      1100,
    ],
    [
      'Berlin autumn',
      BERLIN,
      '2026-10-24T22:00Z',
      '2026-10-25T05:00Z',
      [
        ['night', 40_000, 400, false],
        ['day', 30_000, 900, false],
      ],
      1300,
    ],
    [
      'New York spring',
      'America/New_York',
      '2026-03-08T05:00Z',
      '2026-03-08T10:00Z',
      [
        ['night', 20_000, 200, false],
        ['day', 30_000, 900, false],
      ],
      1100,
    ],
    [
      'New York autumn',
      'America/New_York',
      '2026-11-01T04:00Z',
      '2026-11-01T11:00Z',
      [
        ['night', 40_000, 400, false],
        ['day', 30_000, 900, false],
      ],
      1300,
    ],
  ])('%s', (_, zone, from, until, lines, total) => {
    const readings = steady(from, until, 10_000)
    const input = session(from, until, { zone, readings, meterStopWh: readings.at(-1)!.energyWh })
    expect(summary(input)).toEqual(lines)
    expect(costOf(input).amountMinor).toBe(total)
  })
  test('a window border inside the repeated hour is passed twice', () => {
    const half = { windows: [window('night', 0, 150, 100_000), window('day', 150, 1440, 300_000)] }
    const [from, until] = ['2026-10-25T00:00Z', '2026-10-25T02:00Z'] // 02:00A … 03:00
    const readings = steady(from, until, 10_000)
    expect(summary(session(from, until, { tariff: half, readings, meterStopWh: 25_000 }))).toEqual([
      ['night', 5_000, 50, false],
      ['day', 5_000, 150, false],
      ['night', 5_000, 50, false],
      ['day', 5_000, 150, false],
    ])
  })
})

describe('what meters do', () => {
  const [from, until] = ['2026-06-01T00:00Z', '2026-06-01T02:00Z'] // 02:00–04:00 local: one hour of each price
  test('a running session costs what its samples say so far', () => {
    expect(summary(session(from, '2026-06-01T01:37Z', { readings: steady(from, '2026-06-01T01:30Z', 10_000) }))).toEqual([
      ['night', 10_000, 100, false],
      ['day', 5_000, 150, false],
    ])
  })
  test('without samples the energy is spread by time, and says so', () =>
    expect(summary(session(from, until, { meterStopWh: 25_000 }))).toEqual([
      ['night', 10_000, 100, true],
      ['day', 10_000, 300, true],
    ]))
  test('without samples inside one window nothing is guessed', () =>
    expect(summary(session(from, '2026-06-01T00:45Z', { meterStopWh: 12_500 }))).toEqual([['night', 7_500, 75, false]]))
  test('a gap across the border is an estimate, a gap elsewhere is not', () => {
    const all = steady(from, until, 10_000, 5)
    const without = (a: string, b: string) => all.filter(({ at }) => at < instant(a) || at > instant(b))
    expect(
      costOf(session(from, until, { readings: without('2026-06-01T00:40Z', '2026-06-01T01:20Z'), meterStopWh: 25_000 })).estimated,
    ).toBe(true)
    expect(
      costOf(session(from, until, { readings: without('2026-06-01T00:10Z', '2026-06-01T00:50Z'), meterStopWh: 25_000 })).estimated,
    ).toBe(false)
  })
  test('order and repeats change nothing', () => {
    const readings = steady(from, until, 10_000, 5)
    const plain = costOf(session(from, until, { readings, meterStopWh: 25_000 }))
    expect(costOf(session(from, until, { readings: [...readings, ...readings].reverse(), meterStopWh: 25_000 }))).toEqual(plain)
  })
  test('one wrong sample, low or high, is left out', () => {
    for (const wrong of [0, 24_999_999]) {
      const readings = steady(from, until, 10_000, 5).map((r, i) => (i === 7 ? { ...r, energyWh: wrong } : r))
      const cost = costOf(session(from, until, { readings, meterStopWh: 25_000 }))
      expect([cost.energyWh, cost.amountMinor, cost.estimated]).toEqual([20_000, 400, true])
    }
  })
  test('a register that was reset counts its rises and is never negative', () => {
    const readings = [5_000, 8_000, 0, 1_000, 2_000].map((energyWh, i) => ({ at: plus(instant(from), minutes(10 * i)), energyWh }))
    const cost = costOf(session(from, '2026-06-01T00:50Z', { readings, meterStopWh: 2_500 }))
    expect([cost.energyWh, cost.estimated]).toEqual([5_500, true])
  })
  test('a session that stops under its start costs nothing', () =>
    expect(costOf(session(from, until, { meterStopWh: 4_000 }))).toMatchObject({ energyWh: 0, amountMinor: 0, lines: [] }))
  test('no tariff: the energy is kept, the price is missing', () =>
    expect(costOf(session(from, until, { tariff: null, meterStopWh: 6_000 })).lines).toMatchObject([
      { window: 'no price', energyWh: 1_000, amountMinor: 0, estimated: true },
    ]))
})

test.each([
  [1_000, 300_000, 30],
  [50, 100_000, 1], // half a cent is up
  [49, 100_000, 0],
  [50, -100_000, -1],
])('%d Wh at %d micro is %d', (wh, price, minor) => expect(amountOf(wh, price)).toBe(minor))

test('lines end at midnight, so that days sum', () => {
  const flat = { windows: [window('flat', 0, 1440, 200_000)] }
  const [from, until] = ['2026-06-01T20:00Z', '2026-06-02T02:00Z'] // 22:00–04:00
  expect(summary(session(from, until, { tariff: flat, readings: steady(from, until, 10_000), meterStopWh: 65_000 }))).toEqual([
    ['flat', 20_000, 400, false],
    ['flat', 40_000, 800, false],
  ])
})

test('largest remainder', () => expect(wholeParts([1.5, 1.25, 0.25], 3)).toEqual([2, 1, 0]))
