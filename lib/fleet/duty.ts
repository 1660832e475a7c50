import { clockText, dayText, momentText } from '#lib/format/time.ts'
import { type Instant, type Interval, instant } from '#lib/time/instant.ts'
import { localInstant, type Zone } from '#lib/time/zone.ts'
import { type WattHours, wattHours } from '#lib/units/units.ts'

/** What a duty may take more than foreseen: cold, wind, a detour. */
const RESERVE = 1.15

/** Energy at the battery for a duty, 15 % reserve included (source: requirement R1). */
export const dutyEnergyWh = (distanceM: number, whPerKm: number): WattHours => wattHours((distanceM / 1000) * whPerKm * RESERVE)

/** When a duty is: `Tue 24 Nov, 06:30–16:00`. A return on another day names it. */
export const dutyTimes = ({ departsAt, returnsAt }: { departsAt: Instant; returnsAt: Instant }, zone: Zone): string => {
  const isSameDay = dayText(departsAt, zone) === dayText(returnsAt, zone)
  return `${momentText(departsAt, zone)}–${isSameDay ? clockText(returnsAt, zone) : momentText(returnsAt, zone)}`
}

/** How people call a duty: `Block 12 (Tue 24 Nov, 06:30–16:00)`, and by its times alone when nobody gave it a name. */
export const dutyName = (duty: { name: string | null; departsAt: Instant; returnsAt: Instant }, zone: Zone): string =>
  duty.name === null ? dutyTimes(duty, zone) : `${duty.name} (${dutyTimes(duty, zone)})`

/** `[from, until)`: a duty may begin in the minute in which the one before ends. */
export const overlaps = (a: Interval, b: Interval): boolean => a.from < b.until && b.from < a.until

const LOCAL = /^(\d{4}-\d{2}-\d{2})[T ](\d{1,2}:\d{2}(?::\d{2})?)$/
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/i

/** `2026-11-24 06:30` in depot time, or ISO 8601 with offset. Undefined: neither, or no such day. */
export function momentOf(text: string, zone: Zone): Instant | undefined {
  const local = LOCAL.exec(text)
  try {
    if (local) return localInstant(local[1]!, local[2]!.padStart(5, '0'), zone)
    return ISO.test(text) ? instant(text) : undefined
  } catch {
    return undefined // a RangeError: 30 February, 25 o'clock
  }
}
