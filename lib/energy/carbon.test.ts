import { describe, expect, test } from 'vitest'
import { days, hours, type Instant, instant, plus } from '#lib/time/instant.ts'
import { carbonAt, carbonPerSlot } from './carbon.ts'
import { readCarbonCsv } from './carbon-csv.ts'

const ZONE = 'Europe/Berlin'
const MIDNIGHT = instant('2026-11-23T23:00:00Z')
const told = (...values: number[]) => new Map(values.map((g, i) => [plus(MIDNIGHT, hours(i)) as Instant, g]))

describe('how clean the energy is, by slot', () => {
  test('an hour as told, else of the usual day, else of the same hour some day before', () => {
    const day = Array.from({ length: 24 }, (_, hour) => 100 + hour)
    expect(carbonAt({ hours: told(300), day }, plus(MIDNIGHT, hours(0.7)), ZONE)).toBe(300)
    expect(carbonAt({ hours: told(300), day }, plus(MIDNIGHT, hours(1.2)), ZONE)).toBe(101)
    expect(carbonAt({ hours: told(300), day: [] }, plus(MIDNIGHT, days(3)), ZONE)).toBe(300)
    expect(carbonAt({ hours: told(300), day: [] }, plus(MIDNIGHT, days(8)), ZONE)).toBeUndefined()
  })

  test('four quarters have the hour’s value; with one hour unknown there is no curve', () => {
    expect(carbonPerSlot({ hours: told(300, 200), day: [] }, MIDNIGHT, 15, 8, ZONE)).toEqual([300, 300, 300, 300, 200, 200, 200, 200])
    expect(carbonPerSlot({ hours: told(300, 200), day: [] }, MIDNIGHT, 15, 9, ZONE)).toBeUndefined()
  })
})

describe('the file', () => {
  test('dated hours in depot time or with offset, German numbers too', () => {
    const file = readCarbonCsv('datetime;gCO2/kWh\n2026-11-24 00:00;312,4\n\n2026-11-24T01:00:00+01:00;"287"\n', ZONE)
    expect(file).toEqual({ kind: 'hours', hours: told(312, 287) })
  })

  test('24 lines without a date are a usual day; fewer are refused with what is missing', () => {
    const lines = Array.from({ length: 24 }, (_, hour) => `${hour},${400 - hour}`)
    expect(readCarbonCsv(`hour,g_per_kwh\n${lines.join('\n')}`, ZONE)).toMatchObject({
      kind: 'day',
      day: expect.arrayContaining([400, 377]),
    })
    expect(readCarbonCsv(`hour,g_per_kwh\n${lines.slice(2).join('\n')}`, ZONE)).toEqual({
      kind: 'refused',
      why: 'A usual day has 24 hours. Missing: 0, 1.',
    })
  })

  test.each([
    ['', 'The first line must name the columns hour and g_per_kwh.'],
    ['hour,g_per_kwh', 'There is no hour under the heading.'],
    ['hour,g_per_kwh\n2026-11-24 06:00,clean', 'Line 2: "clean" is not 0 to 3000 g per kWh.'],
    ['hour,g_per_kwh\n\nsoon,300', 'Line 3: "soon" is not an hour. Write 2026-11-24 06:00, or 0 to 23 for a usual day.'],
    [
      'hour,g_per_kwh\n2026-11-24 06:00,300\n7,200',
      'Some lines have a date and some have none. Send the usual day and the dated hours one after the other.',
    ],
  ])('%j is refused with the reason', (text, why) => {
    expect(readCarbonCsv(text, ZONE)).toEqual({ kind: 'refused', why })
  })
})
