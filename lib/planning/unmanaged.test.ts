import { expect, test } from 'vitest'
import { hours, instant, plus } from '#lib/time/instant.ts'
import { milliamps, wattHours, watts } from '#lib/units/units.ts'
import type { Need, PlanningInput } from './input.ts'
import { unmanaged } from './unmanaged.ts'

const now = instant('2025-11-18T20:00:00Z')
const need = (id: string, energyWh: number): Need => ({
  id,
  port: id,
  arrives: now,
  departs: plus(now, hours(8)),
  energyWh: wattHours(energyWh),
  maxW: watts(10_000),
  phases: 1,
  efficiency: 1,
  priority: 0,
  mayPause: true,
})
const input = (needs: Need[]): PlanningInput => ({
  now,
  slotMinutes: 15,
  slots: 16,
  nodes: [{ id: 'service', limitW: Array(16).fill(watts(12_000)), baseLoadW: Array(16).fill(watts(2_000)), volts: 240, wiring: 'L-L' }],
  ports: needs.map(({ id }) => ({
    id,
    node: 'service',
    maxW: watts(19_200),
    minW: watts(1440),
    stepMa: milliamps(1000),
    phases: ['l1' as const],
    maxPeriods: 8,
    reservedW: Array(16).fill(watts(0)),
  })),
  needs,
  prices: { microPerKwh: [...Array(4).fill(300_000), ...Array(12).fill(100_000)], demand: [] },
  policy: 'cheapest',
})

test('without a plan all charge at once, at full power and at the price of the evening', () => {
  const night = unmanaged(input([need('a', 10_000), need('b', 5_000)]))
  expect(night.powerW.slice(0, 5)).toEqual([22_000, 22_000, 12_000, 12_000, 2_000])
  expect(night.highestW).toBe(22_000)
  expect(night.costMicro).toBe(15 * 300_000)
})

test('beside a plan it is the same energy: what a vehicle does not get from it is not charged without it either', () => {
  const night = input([need('a', 10_000), need('b', 5_000)])
  const allocations = [{ vehicle: 'a', port: 'a', periods: [], powerW: [...Array(4).fill(watts(0)), watts(10_000), watts(10_000)] }]
  // 5 kWh at the price of the evening, instead of the night’s
  expect(unmanaged(night, { allocations })).toMatchObject({ highestW: 12_000, costMicro: 5 * 300_000 })
})

test('who is not plugged in takes nothing', () => {
  expect(unmanaged(input([{ ...need('a', 10_000), port: undefined }])).highestW).toBe(2_000)
})
