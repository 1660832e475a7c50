import { type Instant, plus } from '#lib/time/instant.ts'
import type { Clock } from '#server/clock.ts'

/** Real time between two looks at the clock; at 120× each look lives a few seconds. */
const LOOK_MS = 40
/** After a long sleep of the machine the simulation does not live every second of it. */
const MOST_SECONDS = 3_600

/** Calls `live` for each whole depot second, in order, none left out while the process is awake. Returns its end. */
export function everySecond(clock: Clock, live: (at: Instant) => void): () => void {
  let lived = (Math.floor(clock.now() / 1000) * 1000) as Instant
  return clock.every(Math.max(1_000 / 4, LOOK_MS * clock.speed), () => {
    const now = clock.now()
    if (now - lived > MOST_SECONDS * 1000) lived = (Math.floor(now / 1000) * 1000 - MOST_SECONDS * 1000) as Instant
    while (now - lived >= 1000) {
      lived = plus(lived, 1000)
      live(lived)
    }
  })
}
