import { expect, test } from 'vitest'
import { watts } from '#lib/units/units.ts'
import { boardOf } from '../board.ts'
import { depot, portOf, van } from '../depot-fixture.ts'
import type { PlanningInput } from '../input.ts'
import { plan } from '../plan.ts'
import { emptySchedule, energyOf, type Schedule } from '../schedule.ts'
import { besideReserves } from './beside-reserves.ts'

const SLOTS = 12
/** An hour under 9.6 kW, of which the envelope keeps 4.8 for the port of `kept`; that one stays for the hour. */
const kept = (other: ReturnType<typeof van>, needKwh: number, change: Partial<PlanningInput> = {}): PlanningInput =>
  depot(9.6, [van('kept', '18:00', needKwh), other], {
    slots: SLOTS,
    ports: [portOf('kept', { reservedW: new Array(SLOTS).fill(watts(4_800)) }), portOf(other.id)],
    ...change,
  })
const planned = (input: PlanningInput): Schedule => besideReserves(emptySchedule(boardOf(input)), [0, 1])
const kwh = (schedule: Schedule, v: number): number => energyOf(schedule, v) / 3_600_000 / 1000

test('the higher rank has what is shared, of equal ones who loses less on the way to its battery', () => {
  const of = (change: object) => kwh(planned(kept(van('other', '18:00', 9.6, change), 9.6)), 1)
  // 4.8 kWh are shared: the other one has all of it, or the one with the reserve
  expect(of({ priority: 1 })).toBeCloseTo(4.8)
  expect(of({ efficiency: 0.9 })).toBeCloseTo(0)
  expect(of({ priority: 1, efficiency: 0.9 })).toBeCloseTo(4.8)
})

test('what a vehicle takes within its reserve passes no limit: it needs what is shared only when the other one has left', () => {
  // 6 kWh in an hour, of which 4.8 are its own; the other one is there for the first half
  const schedule = planned(kept(van('other', '17:30', 9.6), 6))
  expect(kwh(schedule, 0)).toBeCloseTo(6)
  expect(kwh(schedule, 1)).toBeCloseTo(2.4)
  expect(Array.from(schedule.steps[0]!.slice(0, 6))).toEqual(new Array(6).fill(20))
})

test('with all at their most the cheapest slots come first', () => {
  const dearFirst = Array.from({ length: SLOTS }, (_, t) => (t < 6 ? 300_000 : 100_000))
  const schedule = planned(kept(van('other', '18:00', 2.4), 3.6, { prices: { microPerKwh: dearFirst, demand: [] } }))
  const inDear = schedule.steps.flatMap((row) => Array.from(row.slice(0, 6))).reduce((sum, steps) => sum + steps, 0)
  // 1.2 of the 6 kWh have no room in the cheap half: 5 A for an hour
  expect(inDear / SLOTS).toBe(5)
  expect([kwh(schedule, 0), kwh(schedule, 1)]).toEqual([3.6, 2.4].map((each) => expect.closeTo(each)))
})

test('the plan itself: nobody misses what the reserve of another one leaves, though its slots are the dear ones', () => {
  // the one with the reserve would have all of its 6 kWh in the cheap first half; the other one can only have it there
  const cheapFirst = Array.from({ length: SLOTS }, (_, t) => (t < 6 ? 100_000 : 300_000))
  const { shortfalls } = plan(kept(van('other', '17:30', 9.6), 6, { prices: { microPerKwh: cheapFirst, demand: [] } }))
  expect(shortfalls.map(({ vehicle, missingWh }) => [vehicle, Math.round(missingWh / 100)])).toEqual([['other', 72]])
})
