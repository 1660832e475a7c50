import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { minutes, plus } from '#lib/time/instant.ts'
import { kilowatts, type Watts, watts } from '#lib/units/units.ts'
import { boardOf } from '../board.ts'
import { demandCostMicro } from '../cost.ts'
import { depot, five, portOf, van } from '../depot-fixture.ts'
import { relax } from '../flow/relax.ts'
import type { PlanningInput } from '../input.ts'
import { meritOf, upTo } from '../merit.ts'
import { emptySchedule, missingOf, type Schedule } from '../schedule.ts'
import { blocksOf, missingBy } from '../score.ts'
import { budgetFor } from './exchange.ts'
import { settled } from './settled.ts'

const placed = (input: PlanningInput): { schedule: Schedule; wanted: Float64Array } => {
  const board = boardOf(input)
  const merit = meritOf(input)
  const targets = board.seats.map(({ target }) => target)
  const guide = relax(board, merit.of, targets, { isMoney: input.policy === 'cheapest' })
  const wanted = new Float64Array(board.seats.length)
  guide.network.boardSeat.forEach((v, i) => {
    wanted[v] = guide.wanted[i]!
  })
  const free = upTo(board.seats.length).filter((v) => targets[v]! > 0)
  const asked = { guide, merit, free, wanted, budget: budgetFor(board), mayMove: () => true }
  return { schedule: settled(emptySchedule(board), asked), wanted }
}

const loadOf = ({ board, steps }: Schedule, t: number): number => board.seats.reduce((sum, { stepW }, v) => sum + stepW[steps[v]![t]!]!, 0)
const slots = (count: number, of: (t: number) => number): number[] => Array.from({ length: count }, (_, t) => of(t))

describe('by hand', () => {
  test('a cap that no whole number of chargers fills: one gives way until another has its 6 A, and not an ampere is left over', () => {
    // 100 A for three vans of 80 A that need exactly all of it: 8.64 + 7.68 + 7.68 kWh in an hour
    const input = depot(24, [van('a', '18:00', 8.64), van('b', '18:00', 7.68), van('c', '18:00', 7.68)], { slots: 12 })
    const { schedule } = placed(input)
    expect(missingBy(schedule)).toEqual([0, 0, 0])
    for (let t = 0; t < 12; t += 1) {
      expect(loadOf(schedule, t)).toBe(24_000)
      for (const row of schedule.steps) expect(row[t] === 0 || row[t]! >= 6).toBe(true)
    }
  })
  test('one after the other at full power: a block each', () => {
    const input = depot(
      19.2,
      ['a', 'b', 'c'].map((id) => van(id, '18:00', 6.4)),
      { slots: 12 },
    )
    const { schedule } = placed(input)
    expect(missingBy(schedule)).toEqual([0, 0, 0])
    expect(schedule.steps.map(blocksOf)).toEqual([1, 1, 1])
  })
  test('the cheap slots are used to the last step, and no peak is made that whole steps do not need', () => {
    // a flat peak of 14.4 kW is the least: 60 A, in whole steps at once
    const input = depot(80, [van('a', '18:00', 7.2), van('b', '18:00', 7.2)], {
      slots: 12,
      policy: 'cheapest',
      prices: {
        microPerKwh: slots(12, (t) => (t < 6 ? 300_000 : 100_000)),
        demand: [{ microPerKw: 15_000_000, slots: new Array(12).fill(true), peakSoFarW: watts(0) }],
      },
    })
    const { schedule } = placed(input)
    expect(missingBy(schedule)).toEqual([0, 0])
    expect(demandCostMicro(schedule)).toBe(14.4 * 15_000_000)
  })
  test('where a vehicle leaves within a slot, its power is not counted against others who can use all of it', () => {
    // a leaves at 17:52; b needs every ampere of the other slots
    const input = depot(19.2, [van('a', '17:52', 3.2), van('b', '18:00', 16)], { slots: 12 })
    const { schedule } = placed(input)
    expect(missingBy(schedule)).toEqual([0, 0])
    expect(schedule.steps[0]![10]).toBe(0)
  })
  test('what cannot be had by all is missing from the lowest priority alone', () => {
    const input = depot(19.2, [van('a', '18:00', 12), van('b', '18:00', 12, { priority: 1 }), van('c', '18:00', 6, { priority: 2 })], {
      slots: 12,
    })
    const { schedule } = placed(input)
    const [a, b, c] = schedule.board.seats.map((_, v) => missingOf(schedule, v))
    expect([b, c]).toEqual([0, 0])
    expect(a! / 3_600_000).toBeCloseTo(10_800, 0)
  })
})

const anyDepot = fc
  .record({
    cap: fc.integer({ min: 20, max: 90 }),
    vans: fc.array(
      fc.record({ kwh: fc.integer({ min: 2, max: 30 }), from: fc.nat(20), stays: fc.integer({ min: 8, max: 36 }), panel: fc.nat(2) }),
      { minLength: 2, maxLength: 10 },
    ),
    panels: fc.array(fc.integer({ min: 15, max: 60 }), { minLength: 1, maxLength: 3 }),
    prices: fc.array(fc.constantFrom(100_000, 200_000, 300_000), { minLength: 4, maxLength: 4 }),
    peak: fc.constantFrom(0, 4_000_000),
  })
  .map(({ cap, vans, panels, prices, peak }): PlanningInput => {
    const needs = vans.map(({ kwh, from, stays }, i) =>
      van(`v${i}`, '20:00', kwh, {
        arrives: plus(five, minutes(5) * from),
        departs: plus(five, minutes(5) * Math.min(36, from + stays)),
      }),
    )
    const input = depot(cap, needs, {
      slots: 36,
      policy: 'cheapest',
      prices: {
        microPerKwh: slots(36, (t) => prices[Math.floor(t / 9)]!),
        demand: peak === 0 ? [] : [{ microPerKw: peak, slots: new Array(36).fill(true), peakSoFarW: watts(0) }],
      },
      ports: needs.map(({ id }, i) => portOf(id, { node: `p${vans[i]!.panel % panels.length}` })),
    })
    for (const [i, kw] of panels.entries())
      input.nodes.push({ id: `p${i}`, parent: 'service', limitW: new Array<Watts>(36).fill(kilowatts(kw)), volts: 240, wiring: 'L-L' })
    return input
  })

test('any depot: every limit kept, 0 or at least 6 A, and of what the optimum gives next to nothing is lost', () => {
  let [all, lost] = [0, 0]
  fc.assert(
    fc.property(anyDepot, (input) => {
      const { schedule, wanted } = placed(input)
      const { board, room, steps } = schedule
      for (const row of room) for (const w of row) expect(w).toBeGreaterThanOrEqual(0)
      for (const [v, row] of steps.entries())
        for (const [t, k] of row.entries()) expect(k === 0 || (k >= board.seats[v]!.minSteps && board.seats[v]!.spanMs[t]! > 0)).toBe(true)
      board.seats.forEach(({ target }, v) => {
        all += wanted[v]! / 3_600_000
        lost += Math.max(0, missingOf(schedule, v) - (target - wanted[v]!)) / 3_600_000
      })
    }),
    { seed: 20261123, numRuns: 150 },
  )
  expect(all).toBeGreaterThan(5_000_000)
  expect(lost / all).toBeLessThan(0.004)
}, 60_000)
