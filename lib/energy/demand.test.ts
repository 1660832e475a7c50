import { describe, expect, test } from 'vitest'
import { instant } from '#lib/time/instant.ts'
import { watts } from '#lib/units/units.ts'
import { demandCharges, demandRate } from './demand.ts'
import type { TariffWindow } from './tariff.ts'

const zone = 'Europe/Berlin'
const window = (startMinute: number, endMinute: number, more: Partial<TariffWindow> = {}): TariffWindow => ({
  name: 'w',
  seasonFrom: '01-01',
  seasonUntil: '12-31',
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  startMinute,
  endMinute,
  priceMicroPerKwh: 200_000,
  demandMicroPerKw: 9_000_000,
  ...more,
})
const always = { windows: [window(0, 1440)] }
const evening = { from: instant('2026-11-23T21:00:00Z'), slotMinutes: 15, slots: 8 }

describe('the demand charge that a plan sees', () => {
  test('the month’s peak so far is paid for already', () => {
    expect(demandCharges(always, evening, zone, watts(42_000))).toEqual([
      { microPerKw: 9_000_000, slots: new Array(8).fill(true), peakSoFarW: 42_000 },
    ])
  })
  test('windows without one are free of it', () => {
    // 22:00 to 24:00 local: the day's window ends at 23:00
    const tariff = { windows: [window(0, 1380), window(1380, 1440, { demandMicroPerKw: 0 })] }
    expect(demandCharges(tariff, evening, zone, watts(0))[0]!.slots).toEqual([true, true, true, true, false, false, false, false])
  })
  test('a night over the end of a month has two: the next month begins at nothing', () => {
    const [november, december] = demandCharges(always, { ...evening, from: instant('2026-11-30T22:00:00Z') }, zone, watts(42_000))
    expect(november).toMatchObject({ peakSoFarW: 42_000, slots: [true, true, true, true, false, false, false, false] })
    expect(december).toMatchObject({ peakSoFarW: 0, slots: [false, false, false, false, true, true, true, true] })
  })
  test('the rate is the season’s; without a tariff or a charge there is none', () => {
    const seasons = {
      windows: [
        window(0, 1440, { seasonFrom: '10-01', seasonUntil: '05-31' }),
        window(0, 1440, { seasonFrom: '06-01', seasonUntil: '09-30', demandMicroPerKw: 0 }),
      ],
    }
    expect(demandRate(seasons, instant('2026-11-23T12:00:00Z'), zone)).toBe(9_000_000)
    expect(demandRate(seasons, instant('2026-07-23T12:00:00Z'), zone)).toBe(0)
    expect(demandCharges(seasons, { ...evening, from: instant('2026-07-23T12:00:00Z') }, zone, watts(0))).toEqual([])
    expect(demandCharges(null, evening, zone, watts(0))).toEqual([])
  })
})
