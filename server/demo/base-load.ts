import { hours, type Instant, type Interval, plus } from '#lib/time/instant.ts'
import { dayInterval, localDay, localParts, type Zone } from '#lib/time/zone.ts'
import load from './fixtures/warehouse-load.json' with { type: 'json' }

/** Yearly energy that the reference warehouse is scaled to. */
export const warehouseYearWh = 70_000_000

const hourW = (hour: number): number =>
  Math.round((load.ppb[((hour % load.ppb.length) + load.ppb.length) % load.ppb.length]! * warehouseYearWh) / 1e9)

/** 95th percentile of the warehouse's hours, in W: what the connection holds beside the vehicles' 80 kW. */
export const warehouseP95W = (): number => {
  const sorted = load.ppb.map((_, hour) => hourW(hour)).sort((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * 0.95) - 1]!
}

/** The warehouse's mean power in each hour of `[from, until)`, by the depot's calendar; `upperW` is what the envelope counts. */
export function warehouseLoad(
  { from, until }: Interval,
  zone: Zone,
): { startsAt: Instant; minutes: 60; forecastW: number; upperW: number }[] {
  const p95W = warehouseP95W()
  const out = []
  for (let at = dayInterval(localDay(from, zone), zone).from; at < until; at = plus(at, hours(1))) {
    const { month, day, hour } = localParts(at, zone)
    const dayOfYear = Math.round((Date.UTC(2019, month - 1, month === 2 && day === 29 ? 28 : day) - Date.UTC(2019, 0, 1)) / 86_400_000)
    const forecastW = hourW(dayOfYear * 24 + hour)
    out.push({
      startsAt: at,
      minutes: 60 as const,
      forecastW,
      upperW: Math.min(Math.ceil(forecastW * 1.1) + 300, Math.max(forecastW, p95W)),
    })
  }
  return out
}
