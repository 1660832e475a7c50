import { instant } from '../time/instant.ts'
import { clockTime, localDay, localParts, type Zone } from '../time/zone.ts'
import { withUnit } from './number.ts'

// Moments and lengths on the glass. A clock is 24 h in the depot's zone, named once in the top bar.

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** `21:47`. Takes plain ms, with fractions too, as charts and ticking clocks carry them. */
export const clockText = (at: number, zone: Zone): string => clockTime(instant(at), zone)

/** `21:47:09` */
export const clockWithSeconds = (at: number, zone: Zone): string => {
  const { hour, minute, second } = localParts(instant(at), zone)
  return [hour, minute, second].map((n) => String(n).padStart(2, '0')).join(':')
}

/** `Tue 18 Nov` */
export const dayText = (at: number, zone: Zone): string => {
  const { weekday, day, month } = localParts(instant(at), zone)
  return `${WEEKDAYS[weekday - 1]} ${day} ${MONTHS[month - 1]}`
}

const MONTH_NAMES = 'January February March April May June July August September October November December'.split(' ')

/** `24 Dec 2027`, for what lies years away. */
export const dateText = (at: number, zone: Zone): string => {
  const { day, month, year } = localParts(instant(at), zone)
  return `${day} ${MONTHS[month - 1]} ${year}`
}

/** `November` */
export const monthText = (at: number, zone: Zone): string => MONTH_NAMES[localParts(instant(at), zone).month - 1]!

/** `Tue 18 Nov, 21:47` */
export const momentText = (at: number, zone: Zone): string => `${dayText(at, zone)}, ${clockText(at, zone)}`

/** The clock alone while it is the same local day as `now`, or the night that follows with its morning; else with its day. */
export const nearText = (at: number, now: number, zone: Zone): string =>
  (at - now < 18 * HOUR && now - at < 12 * HOUR) || localDay(instant(at), zone) === localDay(instant(now), zone)
    ? clockText(at, zone)
    : momentText(at, zone)

/** `18:00–08:00`; of more than a day with the days, `Fri 20 Nov, 16:00 – Mon 23 Nov, 08:00`. */
export const windowText = (from: number, until: number, zone: Zone): string =>
  until - from > DAY ? `${momentText(from, zone)} – ${momentText(until, zone)}` : `${clockText(from, zone)}–${clockText(until, zone)}`

/** A stretch of a plan: `21:00–05:00`, `Sat 21 Nov, 16:00–21:00`; days are named where the clock alone would be the nearer one's. */
export const nearWindowText = (from: number, until: number, now: number, zone: Zone): string =>
  `${nearText(from, now, zone)}–${nearText(until, Math.max(from, now), zone)}`

/** `Sat 21`, where a time axis has no room for more. */
export const shortDayText = (at: number, zone: Zone): string => {
  const { weekday, day } = localParts(instant(at), zone)
  return `${WEEKDAYS[weekday - 1]} ${day}`
}

/** `Europe/Berlin (CET)`, as it is called at that moment. */
export function zoneText(at: number, zone: Zone): string {
  // each region's English knows the short names of its own zones; the other says GMT+1
  const names = ['en-US', 'en-GB', 'en-AU'].map(
    (locale) =>
      new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'short' }).formatToParts(at).find((p) => p.type === 'timeZoneName')
        ?.value ?? '',
  )
  const name = names.find((n) => !/^(GMT|UTC)[+-]/.test(n)) ?? names[0]
  return name ? `${zone} (${name})` : zone
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A length: `40 s`, `25 min`, `2 h 15`, `3 h`, `2 d 4 h`. The sign is not shown: say "late" or "spare" beside it. */
export function spanText(ms: number): string {
  const size = Math.abs(ms)
  if (size < MINUTE) return withUnit(String(Math.floor(size / SECOND)), 's')
  const wholeMinutes = Math.floor(size / MINUTE)
  if (wholeMinutes < 60) return withUnit(String(wholeMinutes), 'min')
  if (size < 2 * DAY) {
    const minutesLeft = wholeMinutes % 60
    const hoursPart = withUnit(String(Math.floor(wholeMinutes / 60)), 'h')
    return minutesLeft === 0 ? hoursPart : `${hoursPart} ${String(minutesLeft).padStart(2, '0')}`
  }
  const wholeHours = Math.floor(size / HOUR)
  const hoursLeft = wholeHours % 24
  const daysPart = withUnit(String(Math.floor(wholeHours / 24)), 'd')
  return hoursLeft === 0 ? daysPart : `${daysPart} ${withUnit(String(hoursLeft), 'h')}`
}

/** How old something is: `2 s ago`. A moment a little in the future (clocks differ) is `0 s ago`. */
export const ageText = (at: number, now: number): string => `${spanText(Math.max(0, now - at))} ago`

/** `23 min late`, `2 h 15 spare`, `just in time` (within half a minute). `marginMs` ≥ 0 is spare. */
export const marginText = (marginMs: number): string =>
  Math.abs(marginMs) < 30 * SECOND ? 'just in time' : `${spanText(marginMs)} ${marginMs < 0 ? 'late' : 'spare'}`

/** A latency: `6.2 s`, `840 ms`, `2 min`. */
export const latencyText = (ms: number): string =>
  ms < 1000 ? withUnit(String(Math.round(ms)), 'ms') : ms < 2 * MINUTE ? withUnit((ms / 1000).toFixed(1), 's') : spanText(ms)
