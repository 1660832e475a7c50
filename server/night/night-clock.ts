import { performance } from 'node:perf_hooks'
import { type Instant, instant, plus } from '#lib/time/instant.ts'
import type { Clock } from '../clock.ts'

/** One clock for the gateway and the simulated depot, which moves only when it is told to. Latencies stay real. */
export type NightClock = Clock & {
  /** Lives on to `to`: everything that is due on the way is called, in its order. */
  moveTo(to: Instant): void
}

type Due = { at: Instant; everyMs: number | undefined; then: () => void; order: number }

/**
 * A night passes as fast as the machine can follow it: no second is missed however busy the machine is, and none waits for nothing.
 * `speed` is 1, since nothing that the gateway decides sees time run faster than its own work.
 */
export function makeNightClock(start: Instant): NightClock {
  const waiting = new Set<Due>()
  let now = start
  let order = 0
  const wait = (ms: number, everyMs: number | undefined, then: () => void) => {
    const due: Due = { at: plus(now, Math.max(1, Math.round(ms))), everyMs, then, order: order++ }
    waiting.add(due)
    return () => void waiting.delete(due)
  }
  const next = (until: Instant): Due | undefined => {
    let first: Due | undefined
    for (const due of waiting)
      if (due.at <= until && (!first || due.at < first.at || (due.at === first.at && due.order < first.order))) first = due
    return first
  }
  return {
    now: () => now,
    speed: 1,
    after: (ms, then) => wait(ms, undefined, then),
    every: (ms, then) => wait(ms, Math.max(1, Math.round(ms)), then),
    real: () => instant(performance.timeOrigin + performance.now()),
    monotonic: () => performance.now(),
    moveTo(to) {
      for (let due = next(to); due; due = next(to)) {
        now = due.at
        if (due.everyMs === undefined) waiting.delete(due)
        else due.at = plus(due.at, due.everyMs)
        due.then()
      }
      now = to
    },
  }
}
