import type { z } from 'zod'
import type { getKpis } from '#lib/api/kpi.ts'
import { hours, type Instant, type Interval, plus } from '#lib/time/instant.ts'
import { addDays, dayInterval, localDay, monthInterval, offsetsBetween, type Zone } from '#lib/time/zone.ts'

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

const DAY_MS = hours(24)

/** The period's local days, cut to it, oldest first. By the pieces of one UTC offset each: asking the calendar for every day takes 20 ms a month. */
export function daysOf({ from, until }: Interval, zone: Zone): Interval[] {
  const starts: Instant[] = []
  let lastDay = Number.NEGATIVE_INFINITY
  for (const piece of offsetsBetween(from, until, zone)) {
    const dayOf = (at: number) => Math.floor((at + piece.offsetMs) / DAY_MS)
    for (let at: number = piece.from; at < piece.until; at = (dayOf(at) + 1) * DAY_MS - piece.offsetMs) {
      // a midnight that clocks repeat begins its day once
      if (dayOf(at) <= lastDay) continue
      lastDay = dayOf(at)
      starts.push(at as Instant)
    }
  }
  return starts.map((start, i) => ({ from: start, until: starts[i + 1] ?? until }))
}
