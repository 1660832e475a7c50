import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Instant, instant } from '#lib/time/instant.ts'
import { type Watts, watts } from '#lib/units/units.ts'
import {
  type Curve,
  constantCurve,
  curveFromSlots,
  curveOf,
  highestIn,
  maxOf,
  minOf,
  minus,
  narrow,
  sameCurve,
  sumOf,
  valueAt,
  widen,
} from './curve.ts'

const at = (n: number) => instant(n)
const step = (from: number, limitW: number) => ({ from: at(from), limitW: watts(limitW) })
const curve = (before: number, ...steps: [number, number][]): Curve =>
  curveOf(
    watts(before),
    steps.map(([from, w]) => step(from, w)),
  )
const anyCurve: fc.Arbitrary<Curve> = fc
  .tuple(fc.nat(9), fc.array(fc.tuple(fc.nat(60), fc.nat(9)), { maxLength: 6 }))
  .map(([before, steps]) => curve(before, ...steps))
const everyInstant = Array.from({ length: 120 }, (_, i) => at(i - 30))
const seed = 20261123

describe('a limit over time', () => {
  test('holds each step from its instant on, and the last one for ever', () => {
    const c = curve(3, [10, 5], [20, 0])
    expect([9, 10, 19, 20, 1_000_000].map((t) => valueAt(c, at(t)))).toEqual([3, 5, 5, 0, 0])
  })
  test('keeps only the steps that change something, in order', () => {
    expect(curve(3, [20, 5], [10, 3], [30, 5]).steps).toEqual([step(20, 5)])
  })
  test('from slots: before, the slots, after', () => {
    const c = curveFromSlots(at(100), 10, [7, 7, 9].map(watts), watts(1), watts(2))
    expect(c).toEqual({ beforeW: 1, steps: [step(100, 7), step(120, 9), step(130, 2)] })
  })
  test('the highest value of an interval leaves its end out', () => {
    const c = curve(1, [10, 5], [20, 8])
    expect(highestIn(c, at(0), at(20))).toBe(5)
    expect(highestIn(c, at(0))).toBe(8)
  })
  test('a clock wrong by 5 makes a rise early and a fall late', () => {
    expect(widen(curve(0, [100, 8], [200, 2]), 5)).toEqual(curve(0, [95, 8], [205, 2]))
    expect(narrow(curve(0, [100, 8], [200, 2]), 5)).toEqual(curve(0, [105, 8], [195, 2]))
  })
})

describe('at every instant', () => {
  const pointwise = (name: string, of: (cs: Curve[]) => Curve, expected: (values: Watts[]) => number) =>
    test(name, () => {
      fc.assert(
        fc.property(fc.array(anyCurve, { minLength: 1, maxLength: 4 }), (cs) => {
          for (const t of everyInstant) expect(valueAt(of(cs), t)).toBe(expected(cs.map((c) => valueAt(c, t))))
        }),
        { seed, numRuns: 60 },
      )
    })
  pointwise('max', maxOf, (v) => Math.max(...v))
  pointwise('min', minOf, (v) => Math.min(...v))
  pointwise('sum', sumOf, (v) => v.reduce((a: number, b) => a + b, 0))
  pointwise(
    'difference',
    (cs) => minus(cs[0]!, cs.at(-1)!),
    (v) => v[0]! - v.at(-1)!,
  )

  test('widen is the maximum over the window, narrow the minimum, and a narrowed limit widened again stays under it', () => {
    fc.assert(
      fc.property(anyCurve, fc.nat(12), (c, skew) => {
        const window = (t: Instant) => Array.from({ length: 2 * skew + 1 }, (_, i) => valueAt(c, at(t - skew + i)))
        const back = widen(narrow(c, skew), skew)
        for (const t of everyInstant) {
          expect(valueAt(widen(c, skew), t)).toBe(Math.max(...window(t)))
          expect(valueAt(narrow(c, skew), t)).toBe(Math.min(...window(t)))
          expect(valueAt(back, t)).toBeLessThanOrEqual(valueAt(c, t))
        }
      }),
      { seed, numRuns: 80 },
    )
  })
  test('equal means equal everywhere', () => {
    expect(sameCurve(constantCurve(watts(4)), { beforeW: watts(4), steps: [step(7, 4)] })).toBe(true)
    expect(sameCurve(curve(4, [7, 5]), curve(4, [8, 5]))).toBe(false)
  })
})
