import { expect, test } from 'vitest'
import { instant, minutes, plus } from '#lib/time/instant.ts'
import { baseLoadCurve, type KnownLoad, meterLostSince } from './base-load.ts'
import { valueAt } from './curve.ts'

const six = instant('2026-11-23T18:00:00Z')
const at = (min: number) => plus(six, minutes(min))
/** Quarters of an hour with what was foreseen and measured, kW. */
const quarters = (...all: [number, number | null][]): KnownLoad[] =>
  all.map(([upper, measured], i) => ({
    startsAt: at(i * 15),
    minutes: 15,
    upperW: upper * 1000,
    measuredW: measured === null ? null : measured * 1000,
  }))
const kwAt = (rows: KnownLoad[], now: number, then = now) => valueAt(baseLoadCurve(rows, at(now)), at(then)) / 1000

test('what is foreseen counts, and where nothing is, the most that is known', () => {
  const rows = quarters([10, null], [12, null], [8, null])
  expect([5, 20, 40, 50].map((min) => kwAt(rows, 5, min))).toEqual([10, 12, 8, 12])
  expect(kwAt([], 5)).toBe(0)
})

test('measured more than foreseen may go on for an hour, to the end of its quarter; less changes nothing', () => {
  const rows = quarters([10, 40], [12, null], [8, null], [8, null], [8, null], [8, null])
  expect([5, 20, 74, 76].map((min) => kwAt(rows, 5, min))).toEqual([40, 40, 40, 8])
  expect(kwAt(quarters([10, 3], [12, null]), 5)).toBe(10)
})

test('a jump that is a little lower in the next quarter counts as high as it was for its hour; told as usual again it is over', () => {
  const rows = quarters([10, 40], [12, 38], [8, null], [8, null], [8, null], [8, null], [8, null], [8, null])
  expect([20, 60, 74, 76, 89, 91].map((min) => kwAt(rows, 20, min))).toEqual([40, 40, 40, 38, 38, 8])
  expect(kwAt(quarters([10, 40], [12, 11], [8, null]), 20)).toBe(12)
})

test('a meter that went silent after a jump: the jump goes on until it is back', () => {
  const rows = quarters([10, 40], [12, null], [8, null], [8, null], [8, null], [8, null], [9, null])
  // the hour after it counts in full, then what it had above its forecast
  expect([20, 70, 89, 95].map((min) => kwAt(rows, 20, min))).toEqual([42, 40, 38, 39])
  expect(kwAt(rows, 89)).toBe(38)
  expect(kwAt(quarters([10, 40], [12, 11]), 20)).toBe(12)
})

test('a silent meter that had nothing unforeseen: its last word is the least for an hour', () => {
  const rows = quarters([10, 9], [4, null], [4, null], [4, null], [4, null], [4, null])
  expect([16, 74, 76].map((min) => kwAt(rows, 16, min))).toEqual([9, 9, 4])
})

test('a meter is lost when it is silent for five minutes, and is not missed where there never was one', () => {
  const rows = quarters([10, 9], [4, null])
  expect(meterLostSince(rows, at(14))).toBeUndefined()
  expect(meterLostSince(rows, at(19))).toBeUndefined()
  expect(meterLostSince(rows, at(20))).toBe(at(15))
  expect(meterLostSince(quarters([10, 9], [4, 3]), at(20))).toBeUndefined()
  // where the meter's own moment is known, that one counts
  const [row] = quarters([10, 9])
  expect(meterLostSince([{ ...row!, measuredAt: at(2) }], at(6))).toBeUndefined()
  expect(meterLostSince([{ ...row!, measuredAt: at(2) }], at(7))).toBe(at(2))
  expect(meterLostSince(quarters([10, null], [4, null]), at(20))).toBeUndefined()
})
