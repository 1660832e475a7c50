import type { Instant, Interval } from '#lib/time/instant.ts'
import { minutes } from '#lib/time/instant.ts'
import { offsetsBetween, type Zone } from '#lib/time/zone.ts'

/**
 * A price that repeats: on these ISO weekdays (1 Monday … 7 Sunday) of a season, from `startMinute` until before `endMinute` of the
 * local day (0 … 1440). Season days are `MM-DD`, both inclusive; one that ends before it begins runs over new year.
 */
export type TariffWindow = {
  name: string
  seasonFrom: string
  seasonUntil: string
  weekdays: number[]
  startMinute: number
  endMinute: number
  /** Millionths of the currency per kWh. */
  priceMicroPerKwh: number
  /** Millionths of the currency per kW of the month's highest 15-minute mean; 0 without a demand charge. */
  demandMicroPerKw: number
}

export type Tariff = {
  id: string
  name: string
  currency: string
  source: string
  validFrom: Instant
  validUntil: Instant | null
  windows: TariffWindow[]
}

/** A stretch of time with one window; null where the tariff has no price (a valid tariff has none of those). */
export type PricedInterval = Interval & { window: TariffWindow | null }

export const DAY_MINUTES = 1440
const DAY_MS = minutes(DAY_MINUTES)

/** Is `monthDay` (`MM-DD`) in the window's season? */
export const inSeason = (window: Pick<TariffWindow, 'seasonFrom' | 'seasonUntil'>, monthDay: string): boolean =>
  window.seasonFrom <= window.seasonUntil
    ? monthDay >= window.seasonFrom && monthDay <= window.seasonUntil
    : monthDay >= window.seasonFrom || monthDay <= window.seasonUntil

/** The windows of one local day, in the order of the clock. */
export const windowsOfDay = (windows: TariffWindow[], monthDay: string, weekday: number): TariffWindow[] =>
  windows.filter((window) => window.weekdays.includes(weekday) && inSeason(window, monthDay)).sort((a, b) => a.startMinute - b.startMinute)

/** The window in force at a moment; null where none is. */
export const windowAt = (tariff: Tariff, at: Instant, zone: Zone): TariffWindow | null =>
  windowsBetween(tariff, at, (at + 1) as Instant, zone)[0]!.window

/** Millionths of the currency per kWh at a moment; null where the tariff has no price. */
export const priceAt = (tariff: Tariff, at: Instant, zone: Zone): number | null => windowAt(tariff, at, zone)?.priceMicroPerKwh ?? null

/**
 * `[from, until)` cut exactly where the price changes and at local midnight, so that days and months can be summed. Windows follow the clock on the wall: an hour that clocks repeat in autumn has
 * its price twice, one that they skip in spring has none.
 */
export function windowsBetween(tariff: Pick<Tariff, 'windows'>, from: Instant, until: Instant, zone: Zone): PricedInterval[] {
  const intervals: PricedInterval[] = []
  const add = (start: number, end: number, window: TariffWindow | null, midnight: number) => {
    if (end <= start) return
    const last = intervals.at(-1)
    if (last && last.window === window && last.until === start && start !== midnight) last.until = end as Instant
    else intervals.push({ from: start as Instant, until: end as Instant, window })
  }
  for (const piece of offsetsBetween(from, until, zone)) {
    let at: number = piece.from
    while (at < piece.until) {
      const midnight = Math.floor((at + piece.offsetMs) / DAY_MS) * DAY_MS
      const dayStart = midnight - piece.offsetMs
      const dayEnd = Math.min(piece.until, dayStart + DAY_MS)
      for (const window of windowsOfDay(tariff.windows, ...dayOf(midnight))) {
        const start = dayStart + minutes(window.startMinute)
        const end = dayStart + minutes(window.endMinute)
        if (end <= at || start >= dayEnd) continue
        add(at, Math.max(at, start), null, dayStart)
        add(Math.max(at, start), Math.min(end, dayEnd), window, dayStart)
        at = Math.max(at, Math.min(end, dayEnd))
      }
      add(at, dayEnd, null, dayStart)
      at = dayEnd
    }
  }
  return intervals
}

/** One price per slot, millionths of the currency per kWh; a slot that spans two windows has the mean by time; 0 where there is no price. */
export function pricePerSlot(tariff: Tariff | null, firstSlot: Instant, slotMinutes: number, slots: number, zone: Zone): number[] {
  const slotMs = minutes(slotMinutes)
  const prices = new Array<number>(slots).fill(0)
  if (!tariff) return prices
  for (const { from, until, window } of windowsBetween(tariff, firstSlot, (firstSlot + slots * slotMs) as Instant, zone)) {
    for (let slot = Math.floor((from - firstSlot) / slotMs); firstSlot + slot * slotMs < until; slot++) {
      const start = firstSlot + slot * slotMs
      const shared = Math.min(until, start + slotMs) - Math.max(from, start)
      prices[slot]! += ((window?.priceMicroPerKwh ?? 0) * shared) / slotMs
    }
  }
  return prices.map(Math.round)
}

/** Wall-clock midnight as if it were UTC → `MM-DD` and ISO weekday (1970-01-01 was a Thursday). */
function dayOf(wallMidnight: number): [monthDay: string, weekday: number] {
  const dayNumber = wallMidnight / DAY_MS
  return [new Date(wallMidnight).toISOString().slice(5, 10), ((((dayNumber + 3) % 7) + 7) % 7) + 1]
}
