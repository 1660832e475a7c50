import type { Money } from '#lib/api/words.ts'
import { moneyText } from '#lib/format/money.ts'
import { percent } from '#lib/format/number.ts'
import { dayText } from '#lib/format/time.ts'
import { instant } from '#lib/time/instant.ts'
import { addDays, localDay, localInstant, type Zone } from '#lib/time/zone.ts'

/** `5.0 % under`, `2.3 % over`, `as much as`, many times as much `up from $0.16 on`; null when there is nothing to compare with. The caller names the period. */
export function comparedText(now: Money, before: Money | null): string | null {
  if (before === null || before.minor <= 0) return null
  const change = ((now.minor - before.minor) / before.minor) * 100
  if (Math.abs(change) < 0.05) return 'as much as'
  if (change > MOST_PCT) return `up from ${moneyText(before.minor, before.currency)} on`
  return `${percent(Math.abs(change), 1)} ${change < 0 ? 'under' : 'over'}`
}

/** A day on which next to nothing was charged makes a percentage of the next that tells nobody anything. */
const MOST_PCT = 400

/** The day that today is compared with, the same weekday a week before: `Tue 11 Nov`. */
export const dayBefore = (now: number, zone: Zone): string => dayText(noon(addDays(localDay(instant(now), zone), -7), zone), zone)

/** The days that this month is compared with, as many of the month before: `1–18 Oct`, on the 31st `1–30 Sep`. */
export function daysBefore(now: number, zone: Zone): string {
  const today = localDay(instant(now), zone)
  const lastOfMonth = addDays(`${today.slice(0, 8)}01`, -1)
  const [, , month] = dayText(noon(lastOfMonth, zone), zone).split(' ')
  const days = Math.min(Number(today.slice(8)), Number(lastOfMonth.slice(8)))
  return `${days === 1 ? '' : '1–'}${days} ${month}`
}

const noon = (day: string, zone: Zone) => localInstant(day, '12:00', zone)
