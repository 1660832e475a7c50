import { hours, type Instant, instant, minutes, plus } from '#lib/time/instant.ts'

/** With less time than this a usual need cannot be charged at a usual charger. */
const ENOUGH_MS = hours(4)
/** Where nobody is known to leave: a night's stay. */
const STAY_MS = hours(8)
const HALF_HOUR_MS = minutes(30)

/** When more vehicles would leave, as long as nobody says: in the middle of those of the fleet that have time to charge before they leave. */
export function departureForMore(departures: readonly number[], now: Instant): Instant {
  const withTime = departures.filter((at) => at - now >= ENOUGH_MS).sort((a, b) => a - b)
  const middle = withTime[Math.floor((withTime.length - 1) / 2)]
  return middle === undefined ? instant(Math.ceil(plus(now, STAY_MS) / HALF_HOUR_MS) * HALF_HOUR_MS) : instant(middle)
}
