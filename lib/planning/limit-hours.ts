import type { Instant } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'
import { type Curve, constantCurve, curveFromSlots, minOf, valueAt } from './curve.ts'

/** Hours `[from, until)` in which a node may carry less than else: a grid event, work on a feeder. */
export type LimitHours = { from: Instant; until: Instant; limitW: Watts }

/** A limit over time: where hours overlap, the lowest holds; none of them raises it. */
export const loweredIn = (limitW: Watts, hours: readonly LimitHours[]): Curve =>
  minOf([constantCurve(limitW), ...hours.map((each) => curveFromSlots(each.from, each.until - each.from, [each.limitW], limitW, limitW))])

/** Lowest value in `[from, until)`: what a slot may be planned with. */
export const lowestIn = (curve: Curve, from: Instant, until: Instant): Watts =>
  curve.steps.reduce(
    (lowest, step) => (step.from > from && step.from < until ? (Math.min(lowest, step.limitW) as Watts) : lowest),
    valueAt(curve, from),
  )
