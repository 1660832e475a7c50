import { type Instant, instant } from '#lib/time/instant.ts'
import { addDays, localDay, localInstant, type Zone } from '#lib/time/zone.ts'

export type EarlierDeparture = { kind: 'moment'; departsAt: Instant } | { kind: 'refused'; reason: string }

/**
 * What a driver means by a clock time `HH:MM`: the next time the depot's clock shows it. It must be ahead of `now` and before the
 * departure that is known; leaving later is the dispatcher's to say.
 */
export function earlierDeparture(
  time: string,
  { now, departsAt, zone }: { now: number; departsAt: number | null; zone: Zone },
): EarlierDeparture {
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time)) return { kind: 'refused', reason: 'Give the time as hours and minutes, such as 05:30.' }
  const today = localDay(instant(now), zone)
  const next = [today, addDays(today, 1)].map((day) => localInstant(day, time, zone)).find((at) => at > now)
  if (next === undefined) return { kind: 'refused', reason: 'This time does not exist today. Take one a little later.' }
  if (departsAt !== null && next >= departsAt)
    return { kind: 'refused', reason: 'That is not earlier than planned. To leave later, ask the dispatcher.' }
  return { kind: 'moment', departsAt: next }
}
