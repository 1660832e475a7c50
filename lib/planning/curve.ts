import type { Instant } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'

/** A power limit over time: `beforeW` until the first step, then each step until the next one; the last step is open-ended. */
export type Curve = { beforeW: Watts; steps: { from: Instant; limitW: Watts }[] }

export const constantCurve = (limitW: Watts): Curve => ({ beforeW: limitW, steps: [] })

/** A curve from steps in any order; of two steps at one instant the later in the list wins; steps that change nothing vanish. */
export const curveOf = (beforeW: Watts, steps: Curve['steps']): Curve => {
  const at = new Map<Instant, Watts>()
  for (const { from, limitW } of steps) at.set(from, limitW)
  const sorted = [...at].sort(([a], [b]) => a - b).map(([from, limitW]) => ({ from, limitW }))
  return { beforeW, steps: sorted.filter((step, i) => step.limitW !== (i === 0 ? beforeW : sorted[i - 1]!.limitW)) }
}

/** Consecutive values from `from`, each `slotMs` long; `beforeW` holds before, `afterW` after the last one. */
export const curveFromSlots = (from: Instant, slotMs: number, values: Watts[], beforeW: Watts, afterW: Watts): Curve => {
  const steps = values.map((limitW, slot) => ({ from: (from + slot * slotMs) as Instant, limitW }))
  return curveOf(beforeW, [...steps, { from: (from + values.length * slotMs) as Instant, limitW: afterW }])
}

export const valueAt = (curve: Curve, at: Instant): Watts => {
  let value = curve.beforeW
  for (const step of curve.steps) {
    if (step.from > at) break
    value = step.limitW
  }
  return value
}

/** `now` and every later instant at which one of the curves changes, ascending. */
export const breakpointsFrom = (now: Instant, curves: Curve[]): Instant[] => {
  const all = new Set<Instant>([now])
  for (const curve of curves) for (const { from } of curve.steps) if (from > now) all.add(from)
  return [...all].sort((a, b) => a - b)
}

export const maxOf = (curves: Curve[]): Curve => combine(curves, (values) => Math.max(...values))
export const minOf = (curves: Curve[]): Curve => combine(curves, (values) => Math.min(...values))
/** The sum of none is 0. */
export const sumOf = (curves: Curve[]): Curve => combine(curves, (values) => values.reduce((sum, value) => sum + value, 0))
/** `a − b`; may be negative. */
export const minus = (a: Curve, b: Curve): Curve => combine([a, b], ([x, y]) => x! - y!)
export const mapCurve = (curve: Curve, change: (value: Watts) => Watts): Curve =>
  curveOf(
    change(curve.beforeW),
    curve.steps.map(({ from, limitW }) => ({ from, limitW: change(limitW) })),
  )
export const clampTo = (curve: Curve, mostW: Watts): Curve => mapCurve(curve, (value) => Math.min(value, mostW) as Watts)

/** Pointwise maximum over `[t − skewMs, t + skewMs]`: all that a clock which is wrong by up to `skewMs` may follow. */
export const widen = (curve: Curve, skewMs: number): Curve => overWindow(curve, skewMs, Math.max)
/** Pointwise minimum over `[t − skewMs, t + skewMs]`: what stays under `curve` even after it is widened by as much. */
export const narrow = (curve: Curve, skewMs: number): Curve => overWindow(curve, skewMs, Math.min)

export const sameCurve = (a: Curve, b: Curve): boolean => {
  const x = curveOf(a.beforeW, a.steps)
  const y = curveOf(b.beforeW, b.steps)
  return (
    x.beforeW === y.beforeW &&
    x.steps.length === y.steps.length &&
    x.steps.every((step, i) => step.from === y.steps[i]!.from && step.limitW === y.steps[i]!.limitW)
  )
}

/** Highest value in `[from, until)`; `until` unset = for ever after. */
export const highestIn = (curve: Curve, from: Instant, until?: Instant): Watts => {
  let highest: number = valueAt(curve, from)
  for (const step of curve.steps)
    if (step.from > from && (until === undefined || step.from < until)) highest = Math.max(highest, step.limitW)
  return highest as Watts
}

function combine(curves: Curve[], of: (values: number[]) => number): Curve {
  if (curves.length === 0) return constantCurve(0 as Watts)
  const values: number[] = curves.map((curve) => curve.beforeW)
  const next = curves.map(() => 0)
  const beforeW = of(values) as Watts
  const instants = new Set<Instant>()
  for (const curve of curves) for (const { from } of curve.steps) instants.add(from)
  const steps = [...instants]
    .sort((a, b) => a - b)
    .map((from) => {
      curves.forEach((curve, i) => {
        while (next[i]! < curve.steps.length && curve.steps[next[i]!]!.from <= from) {
          values[i] = curve.steps[next[i]!]!.limitW
          next[i]! += 1
        }
      })
      return { from, limitW: of(values) as Watts }
    })
  return curveOf(beforeW, steps)
}

function overWindow(curve: Curve, skewMs: number, of: (a: number, b: number) => number): Curve {
  if (skewMs <= 0 || curve.steps.length === 0) return curve
  const instants = curve.steps.flatMap(({ from }) => [(from - skewMs) as Instant, (from + skewMs) as Instant])
  const best = (at: Instant): Watts => {
    let value: number = valueAt(curve, (at - skewMs) as Instant)
    for (const step of curve.steps) {
      if (step.from > at + skewMs) break
      if (step.from > at - skewMs) value = of(value, step.limitW)
    }
    return value as Watts
  }
  return curveOf(
    curve.beforeW,
    instants.map((from) => ({ from, limitW: best(from) })),
  )
}
