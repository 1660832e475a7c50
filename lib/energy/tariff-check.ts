import { DAY_MINUTES, type TariffWindow, windowsOfDay } from './tariff.ts'

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

/** Every day of a leap year, `MM-DD`. */
export const yearDays: readonly string[] = Array.from({ length: 366 }, (_, i) =>
  new Date(Date.UTC(2024, 0, 1) + i * 86_400_000).toISOString().slice(5, 10),
)

/** What is wrong with a set of windows, in words; empty when every moment of the year has exactly one price. */
export function tariffProblems(windows: TariffWindow[]): string[] {
  if (windows.length === 0) return ['The tariff has no windows.']
  const wrong = windows.flatMap(shapeProblems)
  if (wrong.length > 0) return wrong
  return WEEKDAYS.flatMap((name, i) =>
    runs(yearDays, (day) => dayProblems(windows, day, i + 1)).flatMap(({ from, until, values }) =>
      values.map((value) => `${name}s from ${dayWords(from)} to ${dayWords(until)}: ${value}`),
    ),
  )
}

function shapeProblems(window: TariffWindow): string[] {
  const named = `Window "${window.name}"`
  const out: string[] = []
  for (const day of [window.seasonFrom, window.seasonUntil])
    if (!yearDays.includes(day)) out.push(`${named}: "${day}" is not a day of the year (month-day, such as 06-01).`)
  if (window.weekdays.length === 0) out.push(`${named} has no weekdays.`)
  for (const weekday of window.weekdays)
    if (!Number.isInteger(weekday) || weekday < 1 || weekday > 7) out.push(`${named}: ${weekday} is not a weekday (1 Monday … 7 Sunday).`)
  const { startMinute, endMinute } = window
  if (![startMinute, endMinute].every(Number.isInteger) || startMinute < 0 || endMinute > DAY_MINUTES || startMinute >= endMinute)
    out.push(`${named} runs from ${minuteText(startMinute)} to ${minuteText(endMinute)}: it must end after it begins, on the same day.`)
  if (!Number.isSafeInteger(window.priceMicroPerKwh)) out.push(`${named}: its price is not a number.`)
  if (!Number.isSafeInteger(window.demandMicroPerKw) || window.demandMicroPerKw < 0) out.push(`${named}: its demand charge is negative.`)
  return out
}

function dayProblems(windows: TariffWindow[], monthDay: string, weekday: number): string[] {
  const out: string[] = []
  let covered = 0
  let before = ''
  for (const window of windowsOfDay(windows, monthDay, weekday)) {
    if (window.startMinute > covered) out.push(`no price from ${minuteText(covered)} to ${minuteText(window.startMinute)}.`)
    if (window.startMinute < covered)
      out.push(
        `two prices from ${minuteText(window.startMinute)} to ${minuteText(Math.min(covered, window.endMinute))} ("${before}" and "${window.name}").`,
      )
    covered = Math.max(covered, window.endMinute)
    before = window.name
  }
  if (covered < DAY_MINUTES) out.push(`no price from ${minuteText(covered)} to 24:00.`)
  return out
}

/** Neighbouring days with the same problems become one line. */
function runs(days: readonly string[], of: (day: string) => string[]): { from: string; until: string; values: string[] }[] {
  const out: { from: string; until: string; values: string[] }[] = []
  for (const day of days) {
    const values = of(day)
    const last = out.at(-1)
    if (last && last.values.join() === values.join()) last.until = day
    else out.push({ from: day, until: day, values })
  }
  return out
}

const dayWords = (monthDay: string): string => `${Number(monthDay.slice(3))} ${MONTHS[Number(monthDay.slice(0, 2)) - 1]}`

/** `18:00`, `24:00` */
export const minuteText = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
