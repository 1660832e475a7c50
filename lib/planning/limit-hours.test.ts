import { expect, test } from 'vitest'
import { hours, instant, plus } from '#lib/time/instant.ts'
import { watts } from '#lib/units/units.ts'
import { valueAt } from './curve.ts'
import { loweredIn, lowestIn } from './limit-hours.ts'

const NOW = instant('2026-11-23T16:00:00Z')
const event = (from: number, until: number, limitW: number) => ({
  from: plus(NOW, hours(from)),
  until: plus(NOW, hours(until)),
  limitW: watts(limitW),
})
const at = (h: number) => plus(NOW, hours(h))

test('the cap steps down with the event and is back after it (R17 AT1)', () => {
  const cap = loweredIn(watts(80_000), [event(1, 3, 40_000)])
  expect([0, 1, 2.9, 3].map((h) => valueAt(cap, at(h)))).toEqual([80_000, 40_000, 40_000, 80_000])
})

test('of two events at one time the lower one holds (R17 AT4); none of them raises the limit', () => {
  const cap = loweredIn(watts(80_000), [event(1, 5, 60_000), event(2, 3, 40_000), event(4, 6, 90_000)])
  expect([1, 2, 3, 5].map((h) => valueAt(cap, at(h)))).toEqual([60_000, 40_000, 60_000, 80_000])
})

test('a slot that the event only touches has its limit', () => {
  const cap = loweredIn(watts(80_000), [event(1, 3, 40_000)])
  expect(lowestIn(cap, at(0.75), at(1))).toBe(80_000)
  expect(lowestIn(cap, at(0.9), at(1.1))).toBe(40_000)
  expect(lowestIn(cap, at(2.9), at(3.1))).toBe(40_000)
  expect(lowestIn(cap, at(3), at(3.25))).toBe(80_000)
})
