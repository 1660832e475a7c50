import { describe, expect, test } from 'vitest'
import { instant, minutes } from '#lib/time/instant.ts'
import { dayInterval } from '#lib/time/zone.ts'
import { priceAt, pricePerSlot, type TariffWindow, windowsBetween } from './tariff.ts'
import { tariffProblems } from './tariff-check.ts'
import { parseTariffFile } from './tariff-file.ts'
import { gridOf } from './tariff-grid.ts'

const BERLIN = 'Europe/Berlin'
const NEW_YORK = 'America/New_York'
const window = (name: string, startMinute: number, endMinute: number, price: number, more: Partial<TariffWindow> = {}): TariffWindow => ({
  name,
  seasonFrom: '01-01',
  seasonUntil: '12-31',
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  startMinute,
  endMinute,
  priceMicroPerKwh: price,
  demandMicroPerKw: 0,
  ...more,
})
const tariffOf = (windows: TariffWindow[]) => ({
  id: 't',
  name: 't',
  currency: 'EUR',
  source: 't',
  validFrom: instant(0),
  validUntil: null,
  windows,
})
const nightDay = tariffOf([window('night', 0, 150, 100_000), window('day', 150, 1440, 300_000)])
const at = (text: string) => instant(text)
const cut = (day: string, zone: string) => {
  const { from, until } = dayInterval(day, zone)
  return windowsBetween(nightDay, from, until, zone).map((i) => `${new Date(i.from).toISOString().slice(11, 16)} ${i.window?.name}`)
}

/** SCE TOU-EV-4 as published by ACN (March 2019). */
const sce = {
  name: 'SCE TOU-EV-4',
  effective: '2019-3-1',
  schedule: [
    {
      id: 'Summer-Weekday',
      effective_start: '06-01',
      effective_end: '9-30',
      dow_mask: 'WEEKDAYS',
      times: [0, 8, 12, 18, 23],
      tariffs: [0.05623, 0.0925, 0.26668, 0.0925, 0.05623],
      demand_charge: 15.51,
    },
    {
      id: 'Summer-Weekend',
      effective_start: '06-01',
      effective_end: '9-30',
      dow_mask: 'WEEKENDS',
      times: [0],
      tariffs: [0.05623],
      demand_charge: 15.51,
    },
    {
      id: 'Winter-Weekday',
      effective_start: '10-01',
      effective_end: '05-31',
      dow_mask: 'WEEKDAYS',
      times: [0, 8, 12, 18, 23],
      tariffs: [0.06087, 0.07492, 0.0869, 0.07492, 0.06087],
      demand_charge: 15.51,
    },
    {
      id: 'Winter-Weekend',
      effective_start: '10-01',
      effective_end: '05-31',
      dow_mask: 'WEEKENDS',
      times: [0],
      tariffs: [0.06087],
      demand_charge: 15.51,
    },
  ],
}

describe('windows follow the clock on the wall', () => {
  test('an ordinary day is cut once', () => expect(cut('2026-03-28', BERLIN)).toEqual(['23:00 night', '01:30 day']))
  test('spring: 02:30 is skipped, the price changes when clocks do', () =>
    expect(cut('2026-03-29', BERLIN)).toEqual(['23:00 night', '01:00 day']))
  test('autumn: the repeated half hours have their prices twice', () =>
    expect(cut('2026-10-25', BERLIN)).toEqual(['22:00 night', '00:30 day', '01:00 night', '01:30 day']))
  test('New York springs at 07:00 UTC', () => expect(cut('2026-03-08', NEW_YORK)).toEqual(['05:00 night', '07:00 day']))

  test.each([
    ['2026-03-29', BERLIN, 92],
    ['2026-10-25', BERLIN, 100],
    ['2026-03-08', NEW_YORK, 92],
    ['2026-11-01', NEW_YORK, 100],
    ['2026-06-01', NEW_YORK, 96],
  ])('%s in %s has %d quarter hours, each with a price', (day, zone, quarters) => {
    const { from, until } = dayInterval(day, zone)
    expect((until - from) / minutes(15)).toBe(quarters)
    expect(pricePerSlot(nightDay, from, 15, quarters, zone).filter((price) => price > 0)).toHaveLength(quarters)
  })

  test('seasons run over new year, weekdays are the local ones', () => {
    const winter = tariffOf([
      window('winter', 0, 1440, 1, { seasonFrom: '10-01', seasonUntil: '05-31' }),
      window('summer weekday', 0, 1440, 2, { seasonFrom: '06-01', seasonUntil: '09-30', weekdays: [1, 2, 3, 4, 5] }),
      window('summer weekend', 0, 1440, 3, { seasonFrom: '06-01', seasonUntil: '09-30', weekdays: [6, 7] }),
    ])
    const zone = 'America/Los_Angeles'
    // 2026-06-01 is a Monday; its first hours in UTC are still Sunday in Los Angeles, and still May
    expect(
      ['2026-06-01T05:00Z', '2026-06-01T08:00Z', '2026-06-07T00:00Z', '2026-12-31T20:00Z', '2027-01-01T12:00Z'].map((t) =>
        priceAt(winter, at(t), zone),
      ),
    ).toEqual([1, 2, 3, 1, 1])
  })
  test('a slot across two windows has their mean', () =>
    expect(pricePerSlot(nightDay, at('2026-06-01T00:15Z'), 30, 1, BERLIN)).toEqual([200_000]))
})

describe('every moment of the year has exactly one price', () => {
  test('gaps and overlaps are named', () => {
    expect(tariffProblems([window('a', 0, 720, 1), window('b', 660, 1380, 2, { weekdays: [1, 2, 3, 4, 5, 6] })])).toEqual([
      ...['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'].flatMap((day) => [
        `${day}s from 1 January to 31 December: two prices from 11:00 to 12:00 ("a" and "b").`,
        `${day}s from 1 January to 31 December: no price from 23:00 to 24:00.`,
      ]),
      'Sundays from 1 January to 31 December: no price from 12:00 to 24:00.',
    ])
  })
  test('29 February counts', () => {
    const split = [window('a', 0, 1440, 1, { seasonUntil: '02-28' }), window('b', 0, 1440, 1, { seasonFrom: '03-01' })]
    expect(tariffProblems(split)[0]).toBe('Mondays from 29 February to 29 February: no price from 00:00 to 24:00.')
  })
  test('a window over midnight must be two', () =>
    expect(tariffProblems([window('n', 1320, 360, 1)])[0]).toMatch(/from 22:00 to 06:00: it must end/))
})

describe('tariff files', () => {
  test('the schedule form of ACN tariffs', () => {
    const read = parseTariffFile(sce)
    if (read.kind === 'wrong') throw new Error(read.problems.join())
    expect(read.file.windows).toHaveLength(12)
    const tariff = tariffOf(read.file.windows)
    const { seasons, levels } = gridOf(tariff)
    expect(seasons.map(({ name, from, until }) => [name, from, until])).toEqual([
      ['Oct–May', '10-01', '05-31'],
      ['Jun–Sep', '06-01', '09-30'],
    ])
    expect(levels.map(({ priceMicroPerKwh }) => priceMicroPerKwh)).toEqual([56_230, 60_870, 74_920, 86_900, 92_500, 266_680])
    expect(seasons[0]!.grid[0]!.join('')).toBe('111111112222333333222221')
    expect(seasons[1]!.grid[6]!.join('')).toBe('0'.repeat(24))
  })
  test('our own form', () => {
    const read = parseTariffFile({
      format: 'yardwatt-tariff-1',
      currency: 'EUR',
      windows: [
        { name: 'night', from: '00:00', until: '06:00', pricePerKwh: 0.198 },
        { name: 'day', from: '06:00', until: '24:00', pricePerKwh: 0.32, demandPerKw: 11.2 },
      ],
    })
    expect(read).toMatchObject({
      kind: 'ok',
      file: { currency: 'EUR', windows: [{ priceMicroPerKwh: 198_000, endMinute: 360 }, { demandMicroPerKw: 11_200_000 }] },
    })
  })
  test.each([
    ['nothing at all', null, /expected object/],
    ['times without prices', { ...sce, schedule: [{ ...sce.schedule[1], times: [0, 4] }] }, /2 times but 1 prices/],
    ['a day left out', { ...sce, schedule: sce.schedule.slice(0, 3) }, /Saturdays from 1 January to 31 May: no price from 00:00 to 24:00/],
    [
      'a bad time',
      { format: 'yardwatt-tariff-1', currency: 'EUR', windows: [{ name: 'x', from: '7', until: '24:00', pricePerKwh: 1 }] },
      /windows\.0\.from: must be a time of day/,
    ],
  ])('%s is refused in words', (_, file, words) => {
    const read = parseTariffFile(file)
    expect(read.kind === 'wrong' && read.problems.join('\n')).toMatch(words)
  })
})
