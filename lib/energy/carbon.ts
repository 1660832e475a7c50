import { days, hours, type Instant, minutes, plus } from '#lib/time/instant.ts'
import { localParts, type Zone } from '#lib/time/zone.ts'

/** What is known of how clean the grid's energy is, g CO2 per kWh: hours as imported (by their beginning), and a usual day (24 local hours, or none). */
export type Carbon = { hours: ReadonlyMap<Instant, number>; day: readonly number[] }

/** An hour that nobody told is like the same hour of a day before, so many days back. */
const LIKE_DAYS = 7

/** g CO2 per kWh at a moment: as told for that hour, else of the usual day, else of the same hour some day before. Undefined: not known. */
export function carbonAt({ hours: told, day }: Carbon, at: Instant, zone: Zone): number | undefined {
  const hour = (Math.floor(at / hours(1)) * hours(1)) as Instant
  const known = told.get(hour) ?? day[localParts(at, zone).hour]
  if (known !== undefined) return known
  for (let back = 1; back <= LIKE_DAYS; back += 1) {
    const before = told.get(plus(hour, -days(back)))
    if (before !== undefined) return before
  }
  return undefined
}

/** One value per slot for the planner. Undefined where one of them is not known: half a curve would send everybody into the dark half. */
export function carbonPerSlot(carbon: Carbon, from: Instant, slotMinutes: number, slots: number, zone: Zone): number[] | undefined {
  const values: number[] = []
  for (let slot = 0; slot < slots; slot += 1) {
    const value = carbonAt(carbon, plus(from, slot * minutes(slotMinutes)), zone)
    if (value === undefined) return undefined
    values.push(value)
  }
  return values
}
