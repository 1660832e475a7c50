import type { Instant } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'

/**
 * A power limit over time: `beforeW` until the first step, then each step until the next one; the last step is open-ended. Steps are in the
 * order of time, no two at one instant: a pass over a large depot adds up hundreds of curves again and again.
 */
export type Curve = { beforeW: Watts; steps: { from: Instant; limitW: Watts }[] }

export const constantCurve = (limitW: Watts): Curve => ({ beforeW: limitW, steps: [] })

/** A curve from steps in any order; of two steps at one instant the later in the list wins; steps that change nothing vanish. */
export const curveOf = (beforeW: Watts, steps: Curve['steps']): Curve => {
  if (steps.every(({ from }, i) => i === 0 || from > steps[i - 1]!.from)) return withoutRepeats(beforeW, steps)
  const at = new Map<Instant, Watts>()
  for (const { from, limitW } of steps) at.set(from, limitW)
  const sorted = [...at].sort(([a], [b]) => a - b).map(([from, limitW]) => ({ from, limitW }))
  return withoutRepeats(beforeW, sorted)
}

const withoutRepeats = (beforeW: Watts, steps: Curve['steps']): Curve => ({
  beforeW,
  steps: steps.filter((step, i) => step.limitW !== (i === 0 ? beforeW : steps[i - 1]!.limitW)),
})

/** Consecutive values from `from`, each `slotMs` long; `beforeW` holds before, `afterW` after the last one. */
export const curveFromSlots = (from: Instant, slotMs: number, values: Watts[], beforeW: Watts, afterW: Watts): Curve => {
  const steps = values.map((limitW, slot) => ({ from: (from + slot * slotMs) as Instant, limitW }))
  return curveOf(beforeW, [...steps, { from: (from + values.length * slotMs) as Instant, limitW: afterW }])
}

export const valueAt = ({ beforeW, steps }: Curve, at: Instant): Watts => {
  // the first step after `at`
  let [low, high] = [0, steps.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (steps[middle]!.from > at) high = middle
    else low = middle + 1
  }
  return low === 0 ? beforeW : steps[low - 1]!.limitW
}

/** `now` and every later instant at which one of the curves changes, ascending. */
export const breakpointsFrom = (now: Instant, curves: Curve[]): Instant[] => {
  const all: Instant[] = [now]
  for (const { steps } of curves) for (const { from } of steps) if (from > now) all.push(from)
  const sorted = Float64Array.from(all).sort()
  return Array.from(sorted.filter((at, i) => i === 0 || at !== sorted[i - 1])) as Instant[]
}

export const maxOf = (curves: Curve[]): Curve => combine(curves, Math.max)
export const minOf = (curves: Curve[]): Curve => combine(curves, Math.min)
/** The sum of none is 0. */
export const sumOf = (curves: Curve[]): Curve => combine(curves, (a, b) => a + b)
/** `a − b`; may be negative. */
export const minus = (a: Curve, b: Curve): Curve => merged(a, b, (x, y) => x - y)
export const mapCurve = (curve: Curve, change: (value: Watts) => Watts): Curve =>
  withoutRepeats(
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

/** Two by two, so that each step is looked at a few times only. */
function combine(curves: Curve[], of: (a: number, b: number) => number): Curve {
  let level = curves
  while (level.length > 1) {
    const next: Curve[] = []
    for (let i = 0; i < level.length; i += 2) next.push(level[i + 1] ? merged(level[i]!, level[i + 1]!, of) : level[i]!)
    level = next
  }
  return level[0] ?? constantCurve(0 as Watts)
}

function merged(a: Curve, b: Curve, of: (a: number, b: number) => number): Curve {
  const steps: Curve['steps'] = []
  let [i, j, x, y] = [0, 0, a.beforeW as number, b.beforeW as number]
  const beforeW = of(x, y) as Watts
  let last: number = beforeW
  while (i < a.steps.length || j < b.steps.length) {
    const from = Math.min(a.steps[i]?.from ?? Number.POSITIVE_INFINITY, b.steps[j]?.from ?? Number.POSITIVE_INFINITY) as Instant
    if (a.steps[i]?.from === from) x = a.steps[i++]!.limitW
    if (b.steps[j]?.from === from) y = b.steps[j++]!.limitW
    const value = of(x, y)
    if (value === last) continue
    steps.push({ from, limitW: value as Watts })
    last = value
  }
  return { beforeW, steps }
}

function overWindow(curve: Curve, skewMs: number, of: (a: number, b: number) => number): Curve {
  const { beforeW, steps } = curve
  if (skewMs <= 0 || steps.length === 0) return curve
  const turns = Float64Array.from([...steps.map(({ from }) => from - skewMs), ...steps.map(({ from }) => from + skewMs)]).sort()
  let [first, last] = [0, beforeW as number]
  const out: Curve['steps'] = []
  for (const at of turns) {
    while (first < steps.length && steps[first]!.from <= at - skewMs) first += 1
    let value: number = first === 0 ? beforeW : steps[first - 1]!.limitW
    for (let k = first; k < steps.length && steps[k]!.from <= at + skewMs; k += 1) value = of(value, steps[k]!.limitW)
    if (value === last) continue
    out.push({ from: at as Instant, limitW: value as Watts })
    last = value
  }
  return { beforeW, steps: out }
}
