import { describe, expect, test } from 'vitest'
import { type Instant, instant, minutes, plus } from '#lib/time/instant.ts'
import type { NightVan } from './night-depot.ts'
import { liveNight } from './night-loop.ts'

// Chargers that hold fewer periods than a plan has: what they do not hold is sent when it is due.

const from = instant('2026-11-23T17:00:00Z')
const until = plus(from, minutes(14 * 60))
const vans: NightVan[] = Array.from({ length: 8 }, (_, i) => ({
  arrives: plus(from, minutes(((i * 5) % 8) * 15)),
  departs: plus(from, minutes(11 * 60 + ((i * 3) % 8) * 20)),
  startWh: 40_000,
  mustWh: 40_000 + 20_000 + ((i * 3) % 8) * 5_000,
}))
const price = (at: Instant): number => (at >= plus(from, minutes(240)) ? 230_000 : 510_000)
const night = (capKw: number, maxPeriods: (port: number) => number) =>
  liveNight(vans, { from, until }, { capKw, baseKw: () => 5, price, maxPeriods })

describe.each([
  ['one period', 160, () => 1],
  ['two periods', 160, () => 2],
  ['four periods', 160, () => 4],
  ['one period, under a connection that carries less than half of them', 60, () => 1],
  ['one period beside such as hold many, under the same connection', 60, (port: number) => (port % 2 === 0 ? 1 : 24)],
])('chargers of %s', (_, capKw, maxPeriods) => {
  const lived = night(capKw, maxPeriods)
  test('every van leaves with what it must have', () => {
    for (const [i, { mustWh }] of vans.entries()) expect(lived.atDepartureWh[i], `van ${i}`).toBeGreaterThan(mustWh - 1_400)
  })
  test('no charger is sent more periods than it holds, no limit is passed, and few limits are written', () => {
    expect(lived.sparePeriods).toBeGreaterThanOrEqual(0)
    expect(lived.minutes.every(({ over }) => !over)).toBe(true)
    for (const { measuredW, capW } of lived.minutes) expect(measuredW).toBeLessThanOrEqual(capW * 1.01)
    expect(Math.max(...lived.writes)).toBeLessThanOrEqual(25)
  })
})
