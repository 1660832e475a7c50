import { describe, expect, test } from 'vitest'
import { daysLeft, expectedPeakW, isLivedUnder, type LivedDay, neededPeakW, type Visit } from './learned-peak.ts'

const HOUR = 3_600_000
const day = (visits: [arrives: number, departs: number, kwh: number, kw?: number][], change: Partial<LivedDay> = {}): LivedDay => ({
  from: 0,
  slotMs: HOUR / 4,
  baseW: new Array<number>(96).fill(2_000),
  charged: new Array<boolean>(96).fill(true),
  siteW: 100_000,
  visits: visits.map(
    ([arrives, departs, kwh, kw = 10]): Visit => ({
      arrives: arrives * HOUR,
      departs: departs * HOUR,
      energyWh: kwh * 1000,
      maxW: kw * 1000,
    }),
  ),
  ...change,
})

describe('the least peak that a day would have needed', () => {
  test('nobody there: what the building makes', () => expect(neededPeakW(day([]))).toBe(2_000))
  test('one vehicle spreads what it takes over its stay', () => {
    const needed = neededPeakW(day([[8, 16, 40]]))
    expect(needed).toBeGreaterThanOrEqual(7_000)
    expect(needed).toBeLessThan(7_100)
  })
  test('who comes later is not known before: a day that foresight would live under 7 kW needs more', () => {
    // two whose stays overlap: the first has done all it can under the peak before the second comes
    const needed = neededPeakW(
      day([
        [8, 16, 40],
        [12, 14, 14],
      ]),
    )
    expect(needed).toBeGreaterThanOrEqual(9_000)
    expect(
      isLivedUnder(
        day([
          [8, 16, 40],
          [12, 14, 14],
        ]),
        needed,
      ),
    ).toBe(true)
    expect(
      isLivedUnder(
        day([
          [8, 16, 40],
          [12, 14, 14],
        ]),
        needed - 200,
      ),
    ).toBe(false)
  })
  test('who has least time to spare is first: nobody is late under 7 kW of which two take turns', () => {
    const both: Parameters<typeof day>[0] = [
      [0, 4, 10, 5],
      [0, 2, 10, 5],
    ]
    expect(isLivedUnder(day(both, { baseW: new Array<number>(96).fill(0) }), 5_100)).toBe(true)
    expect(isLivedUnder(day(both, { baseW: new Array<number>(96).fill(0) }), 4_900)).toBe(false)
  })
  test('hours that the charge does not count make no peak', () => {
    const charged = Array.from({ length: 96 }, (_, t) => t < 40)
    expect(neededPeakW(day([[8, 16, 40]], { charged }))).toBe(2_000)
  })
  test('more than a stay can give is not asked for', () => {
    const needed = neededPeakW(day([[8, 9, 40]]))
    expect(needed).toBeGreaterThanOrEqual(11_900)
    expect(needed).toBeLessThan(12_100)
  })
})

describe('the peak that the rest of the month is expected to make', () => {
  const seen = [20, 30, 40, 22, 24].map((kw, i) => ({ day: `2026-11-${16 + i}`, neededW: kw * 1000 }))
  test('as many days to come as were seen: the highest of them, and a little for whole amperes', () => {
    expect(expectedPeakW(seen, ['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27'])).toBe(40_400)
  })
  test('one day to come: what such a day needs in the mean', () => {
    expect(expectedPeakW(seen, ['2026-11-23'])).toBe(Math.ceil(27_200 * 1.01))
  })
  test('two days to come: the mean of the higher one over all pairs', () => {
    const kw = [20, 30, 40, 22, 24]
    const pairs = kw.flatMap((a, i) => kw.slice(i + 1).map((b) => Math.max(a, b)))
    const mean = pairs.reduce((sum, each) => sum + each, 0) / pairs.length
    expect(expectedPeakW(seen, ['2026-11-23', '2026-11-24'])).toBeCloseTo(mean * 1010, -1)
  })
  test('working days tell nothing of a weekend, and two days tell nothing at all', () => {
    expect(expectedPeakW(seen, ['2026-11-28', '2026-11-29'])).toBeUndefined()
    expect(expectedPeakW(seen.slice(0, 2), ['2026-11-23'])).toBeUndefined()
  })
  test('days are left until the month is over', () => {
    expect(daysLeft('2026-11-28')).toEqual(['2026-11-28', '2026-11-29', '2026-11-30'])
  })
})
