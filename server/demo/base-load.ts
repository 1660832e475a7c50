import { earliest, hours, type Instant, type Interval, plus } from '#lib/time/instant.ts'
import { addDays, dayInterval, localDay, type Zone } from '#lib/time/zone.ts'
import load from './fixtures/warehouse-load.json' with { type: 'json' }

/** Yearly energy that the reference warehouse is scaled to. */
export const warehouseYearWh = 70_000_000

const hourW = (hour: number): number =>
  Math.round((load.ppb[((hour % load.ppb.length) + load.ppb.length) % load.ppb.length]! * warehouseYearWh) / 1e9)

/** 95th percentile of the warehouse's hours, in W: what the connection holds beside the vehicles' 80 kW. */
export const warehouseP95W: number = load.ppb.map((_, hour) => hourW(hour)).sort((a, b) => a - b)[Math.ceil(load.ppb.length * 0.95) - 1]!

/** The warehouse's mean power in each hour of `[from, until)`, by the depot's calendar; `upperW` is what the envelope counts. */
export function warehouseLoad(
  { from, until }: Interval,
  zone: Zone,
): { startsAt: Instant; minutes: 60; forecastW: number; upperW: number }[] {
  const out = []
  for (
    let day = localDay(from, zone), hour = dayInterval(day, zone);
    hour.from < until;
    day = addDays(day, 1), hour = dayInterval(day, zone)
  ) {
    const firstHour = hourOfYear(day)
    for (let n = 0; plus(hour.from, hours(n)) < earliest(hour.until, until); n++) {
      const forecastW = hourW(firstHour + n)
      const upperW = Math.min(Math.ceil(forecastW * 1.1) + 300, Math.max(forecastW, warehouseP95W))
      out.push({ startsAt: plus(hour.from, hours(n)), minutes: 60 as const, forecastW, upperW })
    }
  }
  return out
}

/** The reference year has no 29 February. */
function hourOfYear(day: string): number {
  const [, month, date] = day.split('-').map(Number)
  return ((Date.UTC(2019, month! - 1, month === 2 && date === 29 ? 28 : date) - Date.UTC(2019, 0, 1)) / 86_400_000) * 24
}
