import { type Instant, minutes, seconds } from '#lib/time/instant.ts'
import { breakpointsFrom, type Curve, valueAt } from './curve.ts'

/** What a port has against what it should have: nothing to write; write now; or write when the last write is old enough. */
export type Difference = 'none' | 'later' | 'now'

const NEAR_MS = minutes(30)
/** A shorter stretch in which the port has more or less than wanted is no reason to write: handing over between two ports takes that long. */
const GLIMPSE_MS = seconds(60)

/** `deadbandW`: a smaller change of the power is no reason to write; from or to nothing always is one. */
export type Tolerance = { skewMs?: number; deadbandW?: number }

/**
 * Compares an accepted curve with the wanted one, from `now` on: within 30 minutes it is written now, farther away when there is time.
 * Keeps flash memory: a plan made anew each minute writes nothing. What was accepted was checked against every limit, so that
 * keeping it is safe; where that is no longer so, `exactly` tells.
 */
export const difference = (has: Curve, wanted: Curve, now: Instant, { skewMs = 0, deadbandW = 0 }: Tolerance = {}): Difference => {
  const glimpseMs = Math.max(GLIMPSE_MS, 4 * skewMs)
  const points = breakpointsFrom(now, [has, wanted])
  let found: Difference = 'none'
  for (const [i, at] of points.entries()) {
    const gap = gapAt(has, wanted, at, deadbandW)
    if (gap === 0) continue
    const end = points.findIndex((later, k) => k > i && Math.sign(gapAt(has, wanted, later, deadbandW)) !== Math.sign(gap))
    if (end > 0 && points[end]! - at < glimpseMs) continue
    if (at < now + NEAR_MS) return 'now'
    found = 'later'
  }
  return found
}

/** Is the accepted curve above the wanted one at any instant from `now` on, or a minute below it? */
export const exactly = (has: Curve, wanted: Curve, now: Instant, skewMs = 0): Difference => {
  const above = breakpointsFrom(now, [has, wanted]).some((at) => valueAt(has, at) > valueAt(wanted, at))
  return above ? 'now' : difference(has, wanted, now, { skewMs })
}

/** Does `target` let the port do more than `own` at any instant from now on? */
export const rises = (own: Curve, target: Curve, now: Instant): boolean =>
  breakpointsFrom(now, [own, target]).some((at) => valueAt(target, at) > valueAt(own, at))

/** Are both the same from now on? */
export const same = (a: Curve, b: Curve, now: Instant): boolean =>
  breakpointsFrom(now, [a, b]).every((at) => valueAt(a, at) === valueAt(b, at))

const gapAt = (has: Curve, wanted: Curve, at: Instant, deadbandW: number): number => {
  const [a, b] = [valueAt(has, at), valueAt(wanted, at)]
  return Math.abs(a - b) < deadbandW && a > 0 && b > 0 ? 0 : a - b
}
