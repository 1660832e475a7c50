import { type Instant, minutes, seconds } from '#lib/time/instant.ts'
import { breakpointsFrom, type Curve, valueAt } from './curve.ts'

/** What a port has against what it should have: nothing to write; write now; or write when the last write is old enough. */
export type Difference = 'none' | 'later' | 'now'

const NEAR_MS = minutes(15)
/** A shorter stretch in which the port has less than wanted is no reason to write: handing over between two ports takes that long. */
const GLIMPSE_MS = seconds(60)

/**
 * Compares an accepted curve with the wanted one, from `now` on. Anything above the wanted curve, or a minute below it, counts:
 * within 15 minutes at once, farther away when there is time. Keeps flash memory: a plan made anew each minute writes nothing.
 */
export const difference = (has: Curve, wanted: Curve, now: Instant, skewMs = 0): Difference => {
  const glimpseMs = Math.max(GLIMPSE_MS, 4 * skewMs)
  const points = breakpointsFrom(now, [has, wanted])
  let found: Difference = 'none'
  for (const [i, at] of points.entries()) {
    const gap = valueAt(has, at) - valueAt(wanted, at)
    if (gap === 0) continue
    const until = runUntil(points, i, has, wanted)
    if (gap < 0 && until - at < glimpseMs) continue
    if (at < now + NEAR_MS) return 'now'
    found = 'later'
  }
  return found
}

/** Until when the port has less than wanted without a break. */
const runUntil = (points: Instant[], from: number, has: Curve, wanted: Curve): number => {
  for (let i = from + 1; i < points.length; i += 1) if (valueAt(has, points[i]!) >= valueAt(wanted, points[i]!)) return points[i]!
  return Number.POSITIVE_INFINITY
}
