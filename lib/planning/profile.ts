import { hours, type Instant, minutes, plus } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'
import { type Curve, curveOf, valueAt } from './curve.ts'

/** A limit from `from` on until the next period; the last one is open-ended: the offline level. */
export type LimitPeriod = { from: Instant; limitW: Watts }

/** An open-ended last period weighs as much as this when periods are merged. */
const OPEN_END_MS = hours(12)
/** What happens soon is worth more than what will be planned again before it happens. */
const SOON_MS = minutes(60)

/** The curve from `now` on as periods; the first one starts at `now`. */
export const periodsFrom = (curve: Curve, now: Instant): LimitPeriod[] => [
  { from: now, limitW: valueAt(curve, now) },
  ...curve.steps.filter(({ from }) => from > now).map(({ from, limitW }) => ({ from, limitW })),
]

/** Of fewer a block with the wait before it and what is after cannot be made. */
export const BLOCK_PERIODS = 3

/** The curve from `now` on by its first `most` periods (≥ 1), the last of them without end: what comes after is for a later curve. */
export const firstPeriods = (curve: Curve, now: Instant, most: number): Curve => {
  const [first, ...others] = periodsFrom(curve, now).slice(0, Math.max(1, most))
  return curveOf(first!.limitW, others)
}

/**
 * The curve from `now` on in at most `most` periods (≥ 1), never higher than it was at any instant: of two neighbours both become the
 * lower one where that loses least; the next hour is kept as long as anything later can be given up.
 */
export const withPeriodsAtMost = (curve: Curve, now: Instant, most: number): Curve => {
  const periods = periodsFrom(curve, now)
  while (periods.length > Math.max(1, most)) {
    const costs = periods.slice(1).map((next, i) => {
      const first = periods[i]!
      const end = periods[i + 2]?.from ?? plus(next.from, OPEN_END_MS)
      const high = first.limitW > next.limitW ? { from: first.from, until: next.from } : { from: next.from, until: end }
      const weight = high.from < plus(now, SOON_MS) ? 100 : 1
      return Math.abs(first.limitW - next.limitW) * (high.until - high.from) * weight
    })
    // the later one of equals goes first
    const i = costs.reduce((best, cost, at) => (cost <= costs[best]! ? at : best), 0)
    periods[i] = { from: periods[i]!.from, limitW: Math.min(periods[i]!.limitW, periods[i + 1]!.limitW) as Watts }
    periods.splice(i + 1, 1)
    if (periods[i + 1]?.limitW === periods[i]!.limitW) periods.splice(i + 1, 1)
    if (i > 0 && periods[i - 1]!.limitW === periods[i]!.limitW) periods.splice(i, 1)
  }
  return curveOf(periods[0]!.limitW, periods.slice(1))
}
