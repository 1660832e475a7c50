import type { z } from 'zod'
import type { getKpis } from '#lib/api/kpi.ts'
import { hours, type Instant, type Interval, plus } from '#lib/time/instant.ts'
import { addDays, dayInterval, localDay, monthInterval, type Zone } from '#lib/time/zone.ts'

export type KpiWindow = z.infer<typeof getKpis.output>['window']

/** Depot-local days with today as the last one; `24h` are the last 24 hours, `month` is this month. */
export function windowAt(window: KpiWindow, now: Instant, zone: Zone): Interval {
  const until = plus(now, 1)
  switch (window) {
    case '24h':
      return { from: plus(now, -hours(24)), until }
    case '7d':
      return { from: dayInterval(addDays(localDay(now, zone), -6), zone).from, until }
    case '30d':
      return { from: dayInterval(addDays(localDay(now, zone), -29), zone).from, until }
    case 'month':
      return { from: monthInterval(now, zone).from, until }
  }
}

/** The period's local days, cut to it, oldest first. */
export function daysOf({ from, until }: Interval, zone: Zone): Interval[] {
  const days: Interval[] = []
  for (let day = localDay(from, zone); ; day = addDays(day, 1)) {
    const interval = dayInterval(day, zone)
    if (interval.from >= until) return days
    days.push({ from: Math.max(interval.from, from) as Instant, until: Math.min(interval.until, until) as Instant })
  }
}
