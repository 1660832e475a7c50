import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Instant, instant, minutes, plus } from '#lib/time/instant.ts'
import { type Watts, watts } from '#lib/units/units.ts'
import { curveOf, valueAt } from './curve.ts'
import { periodsFrom, withPeriodsAtMost } from './profile.ts'

const now = instant('2026-11-23T18:00:00Z')
const at = (n: number): Instant => plus(now, minutes(n))
const steps = (...list: [number, number][]) => list.map(([n, w]) => ({ from: at(n), limitW: watts(w) }))
const night = curveOf(watts(3_000), steps([-30, 7_200], [120, 0], [180, 1_440], [185, 7_200], [300, 1_440]))

test('the past is one value at now, the last period has no end', () => {
  expect(periodsFrom(night, now)).toEqual(steps([0, 7_200], [120, 0], [180, 1_440], [185, 7_200], [300, 1_440]))
})
test('a charger that holds four periods loses the five minutes before the raise', () => {
  expect(periodsFrom(withPeriodsAtMost(night, now, 4), now)).toEqual(steps([0, 7_200], [120, 0], [185, 7_200], [300, 1_440]))
})
test('one that takes a single period gets what is safe for ever', () => {
  expect(periodsFrom(withPeriodsAtMost(night, now, 1), now)).toEqual(steps([0, 0]))
})
test('a curve that fits stays as it is', () => {
  expect(periodsFrom(withPeriodsAtMost(night, now, 9), now)).toEqual(periodsFrom(night, now))
})
test('never more periods than asked for, never higher at any instant', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -30, max: 90 }), fc.nat(9)), { maxLength: 12 }),
      fc.integer({ min: 1, max: 6 }),
      (list, most) => {
        const curve = curveOf(5 as Watts, steps(...list))
        const fewer = withPeriodsAtMost(curve, now, most)
        expect(periodsFrom(fewer, now).length).toBeLessThanOrEqual(most)
        for (let n = 0; n < 120; n += 1) expect(valueAt(fewer, at(n))).toBeLessThanOrEqual(valueAt(curve, at(n)))
      },
    ),
    { seed: 20261123, numRuns: 200 },
  )
})
