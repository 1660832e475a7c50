import fc from 'fast-check'
import { expect, test } from 'vitest'
import { minutes, plus } from '#lib/time/instant.ts'
import { kilowatts, watts } from '#lib/units/units.ts'
import { boardOf } from '../board.ts'
import { depot, five, van } from '../depot-fixture.ts'
import type { PlanningInput } from '../input.ts'
import { finer } from './finer.ts'
import { cheapestUnder, levelsOf } from './greedy.ts'
import { networkOf } from './network.ts'
import { bestPeaks } from './peak-search.ts'
import { leastPeaks, mostPeaks } from './peaks.ts'

const MICRO = 1000 * 3_600_000

/** Solved in quarters of an hour, then told in five minutes. */
const fineOf = (input: PlanningInput) => {
  const board = boardOf(input)
  const upTo = board.seats.map(({ target }) => target)
  const network = networkOf(board, 3, upTo)
  const price = input.prices.microPerKwh
  const levels = levelsOf(network, price)
  const wanted = Float64Array.from(network.boardSeat, (v) => upTo[v]!)
  const [least, most] = [leastPeaks(board), mostPeaks(board, network)]
  const found =
    least.length > 0
      ? bestPeaks({ board, network, levels, wanted, least, most })
      : { solved: cheapestUnder(board, network, levels, wanted, []), peaks: [] }
  const given = found.solved.flow.given
  return { board, found, price, fine: finer(board, { network, levels, given, wanted, price, peaks: found.peaks, most }) }
}

test('what is the same all quarter long is spread evenly, for the same money', () => {
  const microPerKwh = Array.from({ length: 12 }, (_, t) => (t < 6 ? 300_000 : 100_000))
  const { fine } = fineOf(depot(14.4, [van('a', '18:00', 6.6)], { slots: 12, prices: { microPerKwh, demand: [] } }))
  const { given, network } = fine.flow
  // 6.6 of the 7.2 kWh of the cheap half
  expect(given.slice(0, 6 * network.seats).every((energy) => energy === 0)).toBe(true)
  expect(given.reduce((sum, energy) => sum + energy, 0)).toBe(6_600 * 3_600_000)
  expect(Math.max(...given)).toBeLessThanOrEqual(14_400 * minutes(5))
})

test('where the load changes within a quarter energy is moved; the peak rises where a cut says so, not more', () => {
  const input = depot(100, [van('a', '18:00', 9.6)], {
    slots: 12,
    prices: {
      microPerKwh: new Array<number>(12).fill(100_000),
      demand: [{ microPerKw: 1_000_000, slots: new Array<boolean>(12).fill(true), peakSoFarW: watts(0) }],
    },
  })
  // 12 kW in each first five minutes of a quarter: the mean of all is 13.6 kW, and 1.6 kW are left beside the load
  input.nodes[0]!.baseLoadW = Array.from({ length: 12 }, (_, t) => kilowatts(t % 3 === 0 ? 12 : 0))
  const { fine, found } = fineOf(input)
  expect(found.peaks).toEqual([13_600])
  expect(fine.peaks).toEqual([13_600])
  expect(fine.flow.given[0]).toBeLessThanOrEqual(1_600 * minutes(5))
})

const anyNight = fc
  .record({
    cap: fc.integer({ min: 10, max: 50 }),
    vans: fc.array(fc.record({ kwh: fc.integer({ min: 1, max: 8 }), from: fc.nat(7), stays: fc.integer({ min: 4, max: 12 }) }), {
      minLength: 1,
      maxLength: 6,
    }),
    prices: fc.array(fc.integer({ min: 10_000, max: 400_000 }), { minLength: 4, maxLength: 4 }),
    base: fc.array(fc.integer({ min: 0, max: 9_000 }), { minLength: 12, maxLength: 12 }),
    micro: fc.integer({ min: 0, max: 3_000_000 }),
  })
  .map(({ cap, vans, prices, base, micro }): PlanningInput => {
    const needs = vans.map(({ kwh, from, stays }, i) =>
      van(`v${i}`, '18:00', kwh, { arrives: plus(five, minutes(5) * from), departs: plus(five, minutes(5) * Math.min(12, from + stays)) }),
    )
    const demand = micro === 0 ? [] : [{ microPerKw: micro, slots: new Array<boolean>(12).fill(true), peakSoFarW: watts(0) }]
    const input = depot(cap, needs, {
      slots: 12,
      prices: { microPerKwh: Array.from({ length: 12 }, (_, t) => prices[Math.floor(t / 3)]!), demand },
    })
    input.nodes[0]!.baseLoadW = base.map((w) => watts(w))
    return input
  })

test('any night: no limit and no peak is passed, nobody gets more than in quarters, and it is never cheaper', () => {
  let told = 0
  fc.assert(
    fc.property(anyNight, (input) => {
      const { board, fine, found, price } = fineOf(input)
      const { given, left, network } = fine.flow
      const { seats, slots, most, room, nodes } = network
      const got = new Float64Array(seats)
      let cost = 0
      for (let t = 0; t < slots; t += 1) {
        let through = 0
        for (let i = 0; i < seats; i += 1) {
          const energy = given[t * seats + i]!
          expect(energy).toBeLessThanOrEqual(most[t * seats + i]!)
          through += energy
          got[i]! += energy
          cost += (energy * price[t]!) / MICRO
        }
        expect(through).toBeLessThanOrEqual(room[t * nodes]!)
        for (const peak of fine.peaks)
          expect(through / minutes(5) + board.baseW[t]!).toBeLessThanOrEqual(Math.max(peak, board.baseW[t]!) + 1e-6)
      }
      for (let i = 0; i < seats; i += 1) expect(got[i]! + left[i]!).toBe(board.seats[network.boardSeat[i]!]!.target)
      if (left.some((energy) => energy > 0) || found.solved.missing > 0) return
      told += 1
      const charged = (peaks: number[]) => peaks.reduce((sum, peak) => sum + (peak * input.prices.demand[0]!.microPerKw) / 1000, 0)
      const coarse = found.solved.cost / MICRO + charged(found.peaks)
      // quarters are cheaper than five minutes, but for how near the best peaks are looked for
      expect(cost + charged(fine.peaks)).toBeGreaterThanOrEqual(coarse * (1 - 1e-4) - 1)
    }),
    { seed: 20261125, numRuns: 300 },
  )
  expect(told).toBeGreaterThan(100)
})
