import { Temporal } from 'temporal-polyfill'
import { type Instant, type Interval, instant } from './instant.ts'

/** An IANA zone name, such as `America/Los_Angeles`. */
export type Zone = string

export const isZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

const zoned = (at: Instant, zone: Zone) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)

/** The local calendar day of a moment, `2026-11-23`. */
export const localDay = (at: Instant, zone: Zone): string => zoned(at, zone).toPlainDate().toString()

/** What a clock and a calendar in the depot show; `weekday` is 1 (Monday) … 7 (Sunday). */
export const localParts = (at: Instant, zone: Zone) => {
  const z = zoned(at, zone)
  return {
    year: z.year,
    month: z.month,
    day: z.day,
    weekday: z.dayOfWeek,
    hour: z.hour,
    minute: z.minute,
    second: z.second,
    offset: z.offset,
  }
}

/** The depot-local day as an interval: 23, 24 or 25 hours long. */
export const dayInterval = (day: string, zone: Zone): Interval => {
  const date = Temporal.PlainDate.from(day)
  const start = (d: Temporal.PlainDate) => instant(d.toZonedDateTime(zone).epochMilliseconds)
  return { from: start(date), until: start(date.add({ days: 1 })) }
}

/** Start of the depot-local month of `at`, and of the next one. */
export const monthInterval = (at: Instant, zone: Zone): Interval => {
  const first = zoned(at, zone).toPlainDate().with({ day: 1 })
  const start = (d: Temporal.PlainDate) => instant(d.toZonedDateTime(zone).epochMilliseconds)
  return { from: start(first), until: start(first.add({ months: 1 })) }
}

export const addDays = (day: string, n: number): string => Temporal.PlainDate.from(day).add({ days: n }).toString()

/** Local day + `HH:MM[:SS]` → moment. A time that is skipped in spring moves forward, a repeated one is the first of the two. */
export const localInstant = (day: string, time: string, zone: Zone): Instant =>
  instant(Temporal.PlainDateTime.from(`${day}T${time}`).toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds)

/** `2026-11-23T21:47:00+01:00`: depot time with its offset, as exports carry it. */
export const localIso = (at: Instant, zone: Zone): string => zoned(at, zone).toString({ timeZoneName: 'never', fractionalSecondDigits: 0 })

/** `21:47` */
export const clockTime = (at: Instant, zone: Zone): string => zoned(at, zone).toPlainTime().toString({ smallestUnit: 'minute' })

/** The pieces of `[from, until)` with one UTC offset each: more than one piece where clocks change. Local wall time = moment + `offsetMs`. */
export const offsetsBetween = (from: Instant, until: Instant, zone: Zone): (Interval & { offsetMs: number })[] => {
  const pieces: (Interval & { offsetMs: number })[] = []
  let at = from
  while (at < until) {
    const z = zoned(at, zone)
    const change = z.getTimeZoneTransition('next')
    const end = change === null ? until : instant(Math.min(until, change.epochMilliseconds))
    pieces.push({ from: at, until: end, offsetMs: Math.round(z.offsetNanoseconds / 1e6) })
    at = end
  }
  return pieces
}
