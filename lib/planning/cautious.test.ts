import { describe, expect, test } from 'vitest'
import { minutes, plus } from '#lib/time/instant.ts'
import { kilowatts, watts } from '#lib/units/units.ts'
import { cautious } from './cautious.ts'
import { newPeakMicro, siteLoad } from './compare.ts'
import { clock, depot, five, van } from './depot-fixture.ts'
import type { PlanningInput } from './input.ts'
import { plan } from './plan.ts'

// 17:00, slots of five minutes until 07:00: one van is there, ten are expected at 20:00. Energy is dear from 20:00 to 22:00.

const SLOTS = 168
const AT_EIGHT = 36
const all = (value: boolean) => new Array<boolean>(SLOTS).fill(value)
const prices = (peakKw: number, change: object = {}): PlanningInput['prices'] => ({
  microPerKwh: Array.from({ length: SLOTS }, (_, t) => (t < AT_EIGHT ? 120_000 : 200_000)),
  demand: [{ microPerKw: 15_000_000, slots: all(true), peakSoFarW: kilowatts(peakKw), ...change }],
})
const there = van('there', '07:00', 60)
const crowd = (count: number, kwh = 55) =>
  Array.from({ length: count }, (_, i) => van(`van${i}`, '07:00', kwh, { arrives: plus(clock('20:00'), minutes(i)) }))
const asked = (needs = [there, ...crowd(10)], peakKw = 10, change: object = {}) =>
  depot(150, needs, { policy: 'cheapest', prices: prices(peakKw, change) })
const mostBefore = (input: PlanningInput, slots: number) => Math.max(...siteLoad({ input, plan: plan(input) }).slice(0, slots))

describe('no new peak for who may not come', () => {
  test('until the last one has come what is paid for anyway is all that costs nothing more', () => {
    const { demand } = cautious(asked()).prices
    expect(demand).toHaveLength(2)
    expect(demand[1]).toMatchObject({ microPerKw: 15_000_000, peakSoFarW: 10_000, caution: true })
    expect(demand[1]!.slots.findLastIndex(Boolean)).toBe(AT_EIGHT + 1)
    expect(cautious(asked(undefined, 10, { targetW: watts(30_000) })).prices.demand[1]!.peakSoFarW).toBe(30_000)
  })
  test('the plan makes tonight’s peak when they are there, and not before; nobody is short', () => {
    const [plain, careful] = [asked(), cautious(asked())]
    expect(mostBefore(plain, AT_EIGHT)).toBeGreaterThan(12_000)
    // to the ampere
    expect(mostBefore(careful, AT_EIGHT)).toBeLessThanOrEqual(10_240)
    expect(plan(careful).shortfalls).toEqual([])
  })
  test('who is there is given what it needs, also above the month’s peak', () => {
    const leaves = van('there', '20:00', 45)
    const input = cautious(asked([leaves, ...crowd(3)], 5))
    // 45 kWh in three hours
    expect(input.prices.demand[1]!.peakSoFarW).toBeGreaterThanOrEqual(15_000)
    expect(input.prices.demand[1]!.peakSoFarW).toBeLessThan(15_400)
    expect(plan(input).shortfalls).toEqual([])
  })
  test('it is no limit: where those who come need the early hours too, they get them', () => {
    // all the power of the connection from now on is just enough
    const early = Array.from({ length: 6 }, (_, i) => van(`early${i}`, '22:00', 40, { arrives: plus(five, minutes(10)) }))
    const last = van('last', '23:00', 5, { arrives: clock('21:50') })
    const input = cautious(depot(50, [...early, last], { policy: 'cheapest', prices: prices(0) }))
    expect(input.prices.demand[1]!.slots[AT_EIGHT]).toBe(true)
    expect(plan(input).shortfalls).toEqual([])
  })
  test('it is not asked for where nobody comes, nothing is charged for peaks, or an operator keeps the peak; asked again it is made anew', () => {
    expect(cautious(asked([there])).prices.demand).toHaveLength(1)
    expect(cautious(asked(undefined, 10, { microPerKw: 0 })).prices.demand).toHaveLength(1)
    expect(cautious(asked(undefined, 10, { targetW: watts(40_000), targetIsHard: true })).prices.demand).toHaveLength(1)
    expect(cautious(cautious(asked()))).toEqual(cautious(asked()))
    expect(cautious({ ...cautious(asked()), needs: [there] }).prices.demand).toHaveLength(1)
  })
  test('it is no money: what a new peak costs is told without it', () => {
    const load = new Array<number>(SLOTS).fill(40_000)
    expect(newPeakMicro(cautious(asked()), load)).toBe(newPeakMicro(asked(), load))
  })
})
