import { expect, test } from 'vitest'
import { hours, type Instant, instant, plus } from '#lib/time/instant.ts'
import { addDays, dayInterval, localDay } from '#lib/time/zone.ts'
import { daysOf } from './window.ts'

const zones = ['Europe/Berlin', 'America/Los_Angeles', 'Asia/Kolkata', 'America/Santiago', 'Africa/Cairo', 'America/Havana', 'UTC']

test.each(zones)('the local days of a year in %s are those of the calendar, 23, 24 or 25 hours long', (zone) => {
  const period = { from: instant('2026-01-10T09:41:00Z'), until: instant('2027-01-10T15:07:00Z') }
  const days = daysOf(period, zone)
  expect(days.at(0)!.from).toBe(period.from)
  expect(days.at(-1)!.until).toBe(period.until)
  days.forEach(({ from, until }, i) => {
    const { from: start, until: end } = dayInterval(addDays(localDay(period.from, zone), i), zone)
    expect({ from, until }).toEqual({ from: Math.max(start, period.from), until: Math.min(end, period.until) })
  })
})

test('the hour that clocks repeat belongs to its day', () => {
  const day = dayInterval('2026-10-25', 'Europe/Berlin')
  expect(
    daysOf({ from: day.from, until: plus(day.until, hours(1)) as Instant }, 'Europe/Berlin').map(({ from, until }) => until - from),
  ).toEqual([hours(25), hours(1)])
})
