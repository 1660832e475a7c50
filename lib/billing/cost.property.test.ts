import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quartersOf } from '#lib/energy/quarter-hours.ts'
import { registerCurve } from '#lib/energy/register-curve.ts'
import type { TariffWindow } from '#lib/energy/tariff.ts'
import { instant, minutes, plus } from '#lib/time/instant.ts'
import { amountOf, costOf } from './cost.ts'

const START = instant('2026-03-28T20:00Z')
const everyDay = { seasonFrom: '01-01', seasonUntil: '12-31', weekdays: [1, 2, 3, 4, 5, 6, 7], demandMicroPerKw: 0 }
const tariff = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 1439 }), { maxLength: 5 }),
    fc.array(fc.integer({ min: -50_000, max: 900_000 }), { minLength: 6, maxLength: 6 }),
  )
  .map(([cuts, prices]) => {
    const borders = [0, ...cuts.sort((a, b) => a - b), 1440]
    const windows: TariffWindow[] = prices.slice(0, borders.length - 1).map((priceMicroPerKwh, i) => ({
      ...everyDay,
      name: `w${i}`,
      startMinute: borders[i]!,
      endMinute: borders[i + 1]!,
      priceMicroPerKwh,
    }))
    return { windows }
  })
const session = fc.record({
  lengthMin: fc.integer({ min: 0, max: 40 * 60 }),
  meterStartWh: fc.integer({ min: 0, max: 1e8 }),
  stopped: fc.option(fc.integer({ min: -2_000, max: 900_000 }), { nil: undefined }),
  samples: fc.array(fc.record({ at: fc.integer({ min: -60, max: 41 * 60 }), wh: fc.integer({ min: -5_000, max: 900_000 }) }), {
    maxLength: 40,
  }),
  zone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'America/Los_Angeles', 'Asia/Kolkata'),
  tariff,
})

test('whatever a meter says: parts sum to the whole, nothing is negative, lines follow each other, order does not matter', () => {
  fc.assert(
    fc.property(session, ({ lengthMin, meterStartWh, stopped, samples, zone, tariff }) => {
      const input = {
        startedAt: START,
        until: plus(START, minutes(lengthMin)),
        meterStartWh,
        meterStopWh: stopped === undefined ? undefined : Math.max(0, meterStartWh + stopped),
        readings: samples.map(({ at, wh }) => ({ at: plus(START, minutes(at)), energyWh: Math.max(0, meterStartWh + wh) })),
        tariff,
        zone,
        currency: 'EUR',
      }
      const cost = costOf(input)
      expect(cost.energyWh).toBeGreaterThanOrEqual(0)
      if (input.meterStopWh !== undefined && input.meterStopWh >= meterStartWh) expect(cost.energyWh).toBe(input.meterStopWh - meterStartWh)
      expect(cost.lines.reduce((sum, line) => sum + line.energyWh, 0)).toBe(cost.energyWh)
      expect(cost.lines.reduce((sum, line) => sum + line.amountMinor, 0)).toBe(cost.amountMinor)
      expect(quartersOf(registerCurve(input)).wh.reduce((sum, wh) => sum + wh, 0)).toBe(cost.energyWh)
      cost.lines.forEach((line, i) => {
        expect(line.energyWh).toBeGreaterThan(0)
        expect(line.amountMinor).toBe(amountOf(line.energyWh, line.priceMicroPerKwh))
        expect(line.until).toBeGreaterThan(line.from)
        if (i > 0) expect(line.from).toBeGreaterThanOrEqual(cost.lines[i - 1]!.until)
      })
      expect(costOf({ ...input, readings: [...input.readings].reverse() })).toEqual(cost)
    }),
    { numRuns: 500 },
  )
})
