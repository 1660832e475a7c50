import { momentOf } from '#lib/fleet/duty.ts'
import { hours, type Instant } from '#lib/time/instant.ts'
import type { Zone } from '#lib/time/zone.ts'

export type CarbonFile =
  | { kind: 'hours'; hours: Map<Instant, number> }
  /** A usual day: 24 values from midnight on, depot time. */
  | { kind: 'day'; day: number[] }
  | { kind: 'refused'; why: string }

const HOUR_COLUMNS = ['hour', 'from', 'time', 'datetime', 'timestamp']
const MOST_G = 3000
const MOST_WRONG = 5
const CLOCK = /^(\d{1,2})(?::00(?::00)?)?$/

/**
 * How clean the energy is, as CSV: a heading with `hour` (or from, time, datetime) and a column of g per kWh; then a line an hour. Hours with
 * their date (`2026-11-24 06:00` in depot time, or ISO 8601 with offset), or 24 lines from 0 to 23 for a usual day.
 */
export function readCarbonCsv(text: string, zone: Zone): CarbonFile {
  const [heading, ...lines] = text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .map((line, i) => ({ line, number: i + 1 }))
    .filter(({ line }) => line.trim() !== '')
  const separator = [';', '\t', ','].find((each) => heading?.line.includes(each)) ?? ','
  const cells = (line: string) => line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))
  const names = cells(heading?.line ?? '').map((name) => name.toLowerCase())
  const hourAt = names.findIndex((name) => HOUR_COLUMNS.includes(name))
  const valueAt = names.findIndex((name) => /^(g|carbon|co2|intensity)/.test(name))
  if (hourAt < 0 || valueAt < 0) return { kind: 'refused', why: 'The first line must name the columns hour and g_per_kwh.' }
  const told = new Map<Instant, number>()
  const day = new Map<number, number>()
  const wrong: string[] = []
  for (const { line, number } of lines) {
    const [hour = '', value = ''] = [cells(line)[hourAt], cells(line)[valueAt]]
    const g = /^\d+([.,]\d+)?$/.test(value) ? Number(value.replace(',', '.')) : Number.NaN
    const clock = CLOCK.exec(hour)
    const at = clock ? undefined : momentOf(hour, zone)
    if (!(g <= MOST_G)) wrong.push(`Line ${number}: "${value.slice(0, 20)}" is not 0 to ${MOST_G} g per kWh.`)
    else if (clock && Number(clock[1]) < 24) day.set(Number(clock[1]), Math.round(g))
    else if (at === undefined)
      wrong.push(`Line ${number}: "${hour.slice(0, 30)}" is not an hour. Write 2026-11-24 06:00, or 0 to 23 for a usual day.`)
    else told.set((Math.floor(at / hours(1)) * hours(1)) as Instant, Math.round(g))
  }
  if (wrong.length > 0) return refusal(wrong)
  if (day.size > 0 && told.size > 0)
    return {
      kind: 'refused',
      why: 'Some lines have a date and some have none. Send the usual day and the dated hours one after the other.',
    }
  if (day.size > 0) {
    const missing = Array.from({ length: 24 }, (_, hour) => hour).filter((hour) => !day.has(hour))
    if (missing.length > 0) return { kind: 'refused', why: `A usual day has 24 hours. Missing: ${missing.join(', ')}.` }
    return { kind: 'day', day: Array.from({ length: 24 }, (_, hour) => day.get(hour)!) }
  }
  return told.size > 0 ? { kind: 'hours', hours: told } : { kind: 'refused', why: 'There is no hour under the heading.' }
}

const refusal = (wrong: string[]): CarbonFile => ({
  kind: 'refused',
  why: [...wrong.slice(0, MOST_WRONG), ...(wrong.length > MOST_WRONG ? [`And ${wrong.length - MOST_WRONG} more.`] : [])].join(' '),
})
