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

/** Quarters of an hour of a meter where nothing is foreseen: the mean, the highest and the last that it told, kW; null: it told nothing. */
const told = (...all: ([number, number, number] | null)[]): KnownLoad[] =>
  all.flatMap((each, i) => {
    if (!each) return []
    const [measuredMeanW, measuredHighestW, measuredW] = each.map((kw) => kw * 1000) as [number, number, number]
    return [{ startsAt: at(i * 15), minutes: 15, upperW: null, measuredW, measuredMeanW, measuredHighestW, measuredAt: at(i * 15 + 14) }]
  })

test('where nothing is foreseen one high word of the meter counts for an hour; then what is usual', () => {
  // of a single quarter nobody knows whether that is usual
  expect([14, 600].map((min) => kwAt(told([3, 58, 1]), 14, min))).toEqual([58, 58])
  const rows = told([3, 58, 1], [1, 2, 1])
  expect([29, 40, 74, 76, 600, 60 * 60].map((min) => kwAt(rows, 29, min))).toEqual([58, 58, 58, 2, 2, 2])
  // an hour later it is forgotten, whatever the hours ahead were thought to be
  const later = told([3, 58, 1], [1, 1, 1], [1, 1, 1], [1, 1, 1], [1, 1, 1], [1, 1, 1])
  expect([89, 300, 24 * 60 - 1].map((min) => kwAt(later, 89, min))).toEqual([1, 1, 1])
  // never less than what was told in the last minutes
  expect(kwAt(told([3, 3, 3], [20, 40, 30]), 29)).toBe(40)
})

test('a building that touches its most in each quarter may touch it in each to come, whatever its mean is', () => {
  const rows = told(...new Array<[number, number, number]>(8).fill([10, 30, 10]))
  expect([119, 200, 600, 24 * 60].map((min) => kwAt(rows, 119, min))).toEqual([30, 30, 30, 30])
  // and while its meter is silent
  expect(kwAt(rows, 210)).toBe(30)
})

test('a forecast that ran out is not a building that draws less, whatever its meter tells now', () => {
  expect([5, 60].map((min) => kwAt(quarters([40, 10]), 5, min))).toEqual([40, 40])
})

test('what a meter told a day before is expected again, where nothing is foreseen', () => {
  const day = told([10, 11, 10], ...new Array<[number, number, number]>(95).fill([2, 3, 2]), [8, 9, 8], [2, 3, 2])
  const now = 24 * 60 + 20
  expect([now + 90, 48 * 60 + 5, 48 * 60 + 20, 72 * 60 + 5].map((min) => kwAt(day, now, min))).toEqual([3, 9, 3, 9])
})

test('a silent meter where nothing was foreseen: its last word is the least until it is back', () => {
  const rows = told([3, 5, 5], [20, 30, 30])
  expect([31, 104, 106, 600].map((min) => kwAt(rows, 31, min))).toEqual([30, 30, 30, 30])
  expect(kwAt(rows, 200, 300)).toBe(30)
})
