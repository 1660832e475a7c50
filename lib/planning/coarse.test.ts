import fc from 'fast-check'
import { expect, test } from 'vitest'
import { minutes, plus } from '#lib/time/instant.ts'
import { kilowatts, type Milliamps, type Phase, type Watts, watts } from '#lib/units/units.ts'
import { boardOf, WH } from './board.ts'
import { coarseOf, onSlots, provenOn, rowsIn } from './coarse.ts'
import { depot, five, portOf, van } from './depot-fixture.ts'
import { certified } from './flow/certificate.ts'
import { sum } from './flow/greedy.ts'
import { leastPeaks, mostPeaks } from './flow/peaks.ts'
import { relax } from './flow/relax.ts'
import type { PlanningInput } from './input.ts'
import { meritOf } from './merit.ts'
import { periodCount } from './periods.ts'
import { guided } from './place/guided.ts'
import { emptySchedule, energyOf, setSteps } from './schedule.ts'

const many = (of: (t: number) => number): number[] => Array.from({ length: 24 }, (_, t) => of(t))
/** Every depot is large here. */
const quartersOf = (input: PlanningInput) => coarseOf(boardOf(input), 0)!

test('quarters of the clock: what is allowed in all of one; a vehicle that comes within it is there for a part', () => {
  const late = van('a', '19:00', 5, { arrives: plus(five, minutes(20)) })
  const input = depot(30, [late], { slots: 24, prices: { microPerKwh: many((t) => (t < 13 ? 300_000 : 100_000)), demand: [] } })
  input.now = plus(five, minutes(6))
  input.nodes[0]!.limitW = many((t) => (t === 4 ? 20_000 : 30_000)) as Watts[]
  const { board, begins } = quartersOf(input)
  // slot 0 is 17:05: the first quarter has two of its slots, and nine minutes
  expect([...begins.slice(0, 3)]).toEqual([0, 2, 5])
  expect(board.slots).toBe(9)
  expect(board.firstSpanMs).toBe(minutes(9))
  expect([...board.seats[0]!.spanMs.slice(0, 3)]).toEqual([0, minutes(10), minutes(15)])
  expect([...board.room[0]!.slice(0, 3)]).toEqual([30_000, 20_000, 30_000])
  // a quarter with two prices has their mean
  expect(board.input.prices.microPerKwh.slice(4, 6)).toEqual([(300_000 * 2 + 100_000) / 3, 100_000])
})

test('small depots, and those planned in quarters already, are planned as they are', () => {
  const input = depot(30, [van('a', '19:00', 5)], { slots: 24 })
  expect(coarseOf(boardOf(input))).toBeUndefined()
  expect(coarseOf(boardOf({ ...input, slotMinutes: 15 }), 0)).toBeUndefined()
})

test('the last plan in quarters is the mean of each while the vehicle is there; what one is rounded off the next has', () => {
  const coarse = quartersOf(depot(30, [van('a', '18:20', 5)], { slots: 24 }))
  const row = many((t) => (t < 7 ? 10 : t < 16 ? 20 : 0))
  expect(rowsIn(coarse, [row])).toEqual([[10, 10, 17, 20, 20, 20, 0, 0]])
})

test('what has not changed in quarters is on the slots as it was, as far as there is room', () => {
  const coarse = quartersOf(depot(8, [van('a', '18:20', 5), van('b', '18:20', 5)], { slots: 17 }))
  const rows = [0, 1].map((v) => Array.from({ length: 17 }, (_, t) => (t < 3 || t > 5 ? 0 : t === 3 + v ? 9 : 12)))
  const quarters = emptySchedule(coarse.board)
  const inQuarters = rowsIn(coarse, rows)
  inQuarters.forEach((row, v) => {
    row.forEach((steps, k) => {
      setSteps(quarters, v, k, steps)
    })
  })
  expect(onSlots(coarse, quarters, rows).steps.map((row) => [...row.slice(3, 6)])).toEqual([
    [9, 12, 12],
    [12, 9, 12],
  ])
  // one that was given something else has that in all slots of the quarter
  setSteps(quarters, 1, 1, 15)
  const [, changed] = onSlots(coarse, quarters, rows).steps
  expect([...changed!.slice(3, 6)]).toEqual([15, 15, 15])
})

test('a vehicle that leaves within a quarter has no more periods on the slots than its port holds', () => {
  const input = depot(30, [van('a', '18:20', 30)], { slots: 17, ports: [portOf('a', { maxPeriods: 2 })] })
  const coarse = quartersOf(input)
  const quarters = emptySchedule(coarse.board)
  for (let k = 0; k < coarse.board.slots; k += 1) setSteps(quarters, 0, k, k < 5 ? 10 : 20)
  expect(periodCount(quarters.steps[0]!)).toBe(2)
  const row = [...onSlots(coarse, quarters).steps[0]!]
  expect(row.slice(0, 15)).toEqual(new Array(15).fill(10))
  expect(row[16]).toBe(0)
  expect(periodCount(row)).toBe(2)
})

const anyDepot = fc
  .record({
    cap: fc.integer({ min: 8, max: 60 }),
    panel: fc.integer({ min: 5, max: 40 }),
    amps: fc.option(fc.integer({ min: 40, max: 160 })),
    late: fc.integer({ min: 0, max: 14 }),
    vans: fc.array(
      fc.record({
        kwh: fc.integer({ min: 1, max: 25 }),
        from: fc.integer({ min: -20, max: 70 }),
        stays: fc.integer({ min: 15, max: 110 }),
        isDeep: fc.boolean(),
        kw: fc.constantFrom(7.2, 11, 19.2),
        phases: fc.constantFrom<Phase[]>(['l1', 'l2'], ['l2', 'l3'], ['l1', 'l2', 'l3']),
        reserved: fc.constantFrom(0, 0, 1_440),
      }),
      { minLength: 1, maxLength: 7 },
    ),
    prices: fc.array(fc.integer({ min: -40_000, max: 400_000 }), { minLength: 24, maxLength: 24 }),
    base: fc.array(fc.integer({ min: 0, max: 7_000 }), { minLength: 24, maxLength: 24 }),
    charges: fc.array(fc.record({ micro: fc.integer({ min: 1_000, max: 3_000_000 }), from: fc.nat(12), peak: fc.nat(20) }), {
      maxLength: 2,
    }),
  })
  .map(({ cap, panel, amps, late, vans, prices, base, charges }): PlanningInput => {
    const needs = vans.map(({ kwh, from, stays, kw, phases }, i) =>
      van(`v${i}`, '18:00', kwh, {
        arrives: plus(five, minutes(from)),
        departs: plus(five, minutes(Math.max(late + 1, Math.min(119, from + stays)))),
        maxW: kilowatts(kw),
        phases: phases.length === 3 ? 3 : 1,
      }),
    )
    const input = depot(cap, needs, {
      slots: 24,
      policy: 'cheapest',
      prices: {
        microPerKwh: prices,
        demand: charges.map(({ micro, from, peak }) => ({
          microPerKw: micro,
          slots: many((t) => t).map((t) => t >= from),
          peakSoFarW: kilowatts(peak),
        })),
      },
      ports: needs.map(({ id }, i) =>
        portOf(id, {
          node: vans[i]!.isDeep ? 'panel' : 'service',
          phases: vans[i]!.phases,
          reservedW: new Array<Watts>(24).fill(watts(vans[i]!.reserved)),
        }),
      ),
    })
    input.now = plus(five, minutes(late))
    input.nodes[0]!.baseLoadW = base.map((w) => watts(w))
    const row = (mA: number) => new Array<Milliamps>(24).fill(mA as Milliamps)
    input.nodes.push({
      id: 'panel',
      parent: 'service',
      limitW: new Array<Watts>(24).fill(kilowatts(panel)),
      ...(amps === null ? {} : { limitMa: { l1: row(amps * 1000), l2: row(amps * 900), l3: row(amps * 1000) } }),
      volts: 240,
      wiring: 'L-L',
    })
    return input
  })

test('any depot: a plan of quarters keeps every limit in every slot, gives what it says there, and its proof holds on the slots', () => {
  let charged = 0
  let proved = 0
  fc.assert(
    fc.property(anyDepot, (input) => {
      const coarse = quartersOf(input)
      const merit = meritOf(coarse.board.input)
      const targets = coarse.board.seats.map(({ target }) => target)
      const found = relax(coarse.board, merit.of, targets, { isMoney: true })
      const planned = guided(coarse.board, merit, found)
      const schedule = onSlots(coarse, planned)
      const { seats, slots } = coarse.fine
      for (let t = 0; t < slots; t += 1) {
        const gives = schedule.steps.some((row) => row[t]! > 0)
        schedule.room.forEach((row, n) => {
          const isUnder = seats.some(({ path }, v) => path.includes(n) && schedule.steps[v]![t]! > 0)
          if (gives && isUnder) expect(row[t]).toBeGreaterThanOrEqual(0)
          const lines = schedule.roomMa[n]
          if (lines && isUnder) expect(Math.min(lines.l1[t]!, lines.l2[t]!, lines.l3[t]!)).toBeGreaterThanOrEqual(0)
        })
      }
      seats.forEach(({ spanMs }, v) => {
        schedule.steps[v]!.forEach((steps, t) => {
          if (steps > 0) expect(spanMs[t]).toBeGreaterThan(0)
        })
        expect(energyOf(schedule, v)).toBe(energyOf(planned, v))
        if (energyOf(planned, v) > 0) charged += 1
      })
      // the optimum on the slots of what the quarters can give is never under what is proven
      const proven = provenOn(coarse, found)
      const upTo = new Float64Array(seats.length)
      proven.loose.boardSeat.forEach((v, i) => {
        upTo[v] = proven.wanted[i]!
      })
      const best = relax(coarse.fine, input.prices.microPerKwh, upTo, { isMoney: true })
      if (sum(best.wanted) < sum(proven.wanted)) return
      proved += 1
      const cost = best.solved.cost / (1000 * WH) + demandOver(input, best.peaks, coarse.fine.baseW)
      const asked = { board: coarse.fine, network: proven.loose, price: input.prices.microPerKwh, wanted: proven.wanted }
      const peaks = { least: leastPeaks(coarse.fine), most: mostPeaks(coarse.fine, proven.loose) }
      const boundMicro = Math.max(...proven.proofs.map((proof) => certified({ ...asked, ...peaks, ...proof })))
      expect(boundMicro).toBeLessThanOrEqual(cost + 5 + Math.abs(cost) * 1e-6)
    }),
    { seed: 20261126, numRuns: 250 },
  )
  expect(charged).toBeGreaterThan(400)
  expect(proved).toBeGreaterThan(100)
}, 30_000)

const demandOver = ({ prices }: PlanningInput, peaks: number[], baseW: Float64Array): number =>
  prices.demand.reduce((sum, { microPerKw, peakSoFarW, slots }, i) => {
    const least = Math.ceil(Math.max(peakSoFarW, ...Array.from(baseW).filter((_, t) => slots[t])))
    return sum + ((peaks[i]! - least) * microPerKw) / 1000
  }, 0)
