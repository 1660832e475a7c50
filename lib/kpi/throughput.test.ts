import { expect, test } from 'vitest'
import { kilowatts } from '#lib/units/units.ts'
import { avoidedPeakW, depotThroughput, throughputOf } from './throughput.ts'

/** F1, Zerega: 14 × 55 kWh in a night under a cap of 80 kW, busiest hour 78 kWh. */
const night = () => {
  const quarterWh = new Array<number>(96).fill(0)
  quarterWh.fill(19_500, 40, 44) // the busiest hour, 78 kWh
  const rest = (770_000 - 78_000) / 48
  return quarterWh.map((wh, i) => (wh > 0 || i < 28 || i >= 80 ? wh : rest))
}
const zerega = { firmW: kilowatts(80), peakBaseW: [], quarterWh: night(), portsW: kilowatts(14 * 19.2) }

test('F1: 9.63 equivalent hours, 97.5 % of the peak hour, 3.36 times over-subscribed, 188.8 kW avoided', () => {
  const use = throughputOf(zerega)
  expect(use.energyWh).toBe(770_000)
  expect(use.perKwDay!.toFixed(2)).toBe('9.63')
  expect([use.peakHourPct, use.overSubscription!.toFixed(2), use.breaches]).toEqual([97.5, '3.36', 0])
  expect(avoidedPeakW(kilowatts(14 * 19.2), kilowatts(80))).toBe(188_800)
})
test('the building’s load takes its part of the capacity', () => {
  const use = throughputOf({
    ...zerega,
    firmW: kilowatts(120),
    peakBaseW: Array.from({ length: 100 }, (_, i) => (i < 95 ? 40_000 : 90_000)),
  })
  expect([use.peakCapacityW, use.perKwDay!.toFixed(2)]).toEqual([80_000, '9.63'])
})
test('no headroom is said, not divided by', () =>
  expect(throughputOf({ ...zerega, peakBaseW: [90_000] })).toMatchObject({
    peakCapacityW: 0,
    perKwDay: null,
    peakHourPct: null,
    overSubscription: null,
  }))
test('a quarter hour above the firm limit is a breach, building included', () => {
  expect(throughputOf({ ...zerega, quarterWh: zerega.quarterWh.map((wh, i) => (i === 40 ? 20_200 : wh)) }).breaches).toBe(1)
  expect(throughputOf({ ...zerega, baseW: zerega.quarterWh.map(() => 5_000) }).breaches).toBe(4)
})
test('load factor: 770 kWh at a highest mean of 78 kW over 24 h', () => expect(throughputOf(zerega).loadFactorPct!.toFixed(1)).toBe('41.1'))
test('several services: Σ E ÷ Σ Cpeak', () => {
  const half = throughputOf({ ...zerega, firmW: kilowatts(240) })
  expect(depotThroughput([throughputOf(zerega), half]).perKwDay!.toFixed(4)).toBe((1540 / 320).toFixed(4))
})
