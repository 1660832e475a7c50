import fc from 'fast-check'
import { expect, test } from 'vitest'
import { minutes, plus } from '#lib/time/instant.ts'
import { kilowatts, type Milliamps, type Phase, type WattHours, type Watts, watts } from '#lib/units/units.ts'
import { five, portOf, van } from './depot-fixture.ts'
import type { PlanningInput, PlanningNode } from './input.ts'
import { plan } from './plan.ts'
import type { Plan } from './plan-result.ts'

// R11 AT1: random trees and demands, judged by a checker that reads only the input and the plan's JSON.

const SLOTS = 48
const perSlot = (of: (t: number) => number): Watts[] => Array.from({ length: SLOTS }, (_, t) => watts(of(t)))

const phaseLimits = (amps: number) => {
  const of = (factor: number) => new Array<Milliamps>(SLOTS).fill((amps * factor) as Milliamps)
  return { l1: of(1000), l2: of(1000), l3: of(900) }
}

const ratedPort = fc.record({
  node: fc.nat(5),
  amps: fc.constantFrom(32, 40, 48, 80),
  phases: fc.constantFrom<Phase[]>(['l1', 'l2'], ['l2', 'l3'], ['l1', 'l3'], ['l1', 'l2', 'l3']),
  reserved: fc.constantFrom(0, 0, 1_440, 3_000),
  maxPeriods: fc.constantFrom(4, 12, 24),
})
const vehicle = fc.record({
  arrives: fc.integer({ min: -6, max: 30 }),
  stays: fc.integer({ min: 3, max: 60 }),
  kwh: fc.integer({ min: 0, max: 60 }),
  kw: fc.constantFrom(7.2, 11, 19.2),
  priority: fc.nat(2),
  mayPause: fc.boolean(),
  chargeFirst: fc.boolean(),
  extra: fc.constantFrom(0, 0, 10_000),
  phases: fc.constantFrom<1 | 3>(1, 3),
})
const anyInput: fc.Arbitrary<PlanningInput> = fc
  .record({
    nodes: fc.array(
      fc.record({
        parent: fc.nat(4),
        kw: fc.integer({ min: 2, max: 60 }),
        base: fc.integer({ min: 0, max: 12 }),
        amps: fc.option(fc.integer({ min: 20, max: 200 })),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    spots: fc.array(fc.tuple(ratedPort, vehicle), { minLength: 1, maxLength: 8 }),
    prices: fc.array(fc.integer({ min: -50_000, max: 400_000 }), { minLength: 4, maxLength: 4 }),
    late: fc.nat(4),
    policy: fc.constantFrom('cheapest' as const, 'readyFirst' as const, 'greenest' as const),
    demand: fc.boolean(),
  })
  .map(({ nodes, spots, prices, late, policy, demand }) => {
    const planned: PlanningNode[] = nodes.map(({ parent, kw, base, amps }, i) => ({
      id: `n${i}`,
      parent: i === 0 ? undefined : `n${parent % i}`,
      limitW: perSlot((t) => (kw + (i === 0 ? 20 : 0)) * 1000 * (t > 20 && t < 30 && i === 0 ? 0.5 : 1)),
      limitMa: amps === null ? undefined : phaseLimits(amps),
      baseLoadW: perSlot((t) => base * 100 * (t % 7)),
      volts: 208,
      wiring: 'L-L' as const,
    }))
    return {
      now: plus(five, late * minutes(1)),
      slotMinutes: 5 as const,
      slots: SLOTS,
      nodes: planned,
      ports: spots.map(([port], i) => {
        const perAmp = port.phases.length === 3 ? 208 * Math.sqrt(3) : 208
        return portOf(`v${i}`, {
          node: `n${port.node % planned.length}`,
          maxW: watts(Math.floor(port.amps * perAmp)),
          minW: watts(Math.floor(6 * perAmp)),
          phases: port.phases,
          maxPeriods: port.maxPeriods,
          reservedW: perSlot(() => port.reserved),
        })
      }),
      needs: spots.map(([, { arrives, stays, kwh, kw, extra, ...rest }], i) => ({
        ...van(`v${i}`, '06:00', kwh, rest),
        arrives: plus(five, arrives * minutes(5)),
        departs: plus(five, (arrives + stays) * minutes(5) + 61_000),
        maxW: kilowatts(kw),
        extraWh: extra as WattHours,
      })),
      prices: {
        microPerKwh: Array.from({ length: SLOTS }, (_, t) => prices[Math.floor(t / 12)]!),
        carbonGPerKwh: Array.from({ length: SLOTS }, (_, t) => (t * 7) % 50),
        demand: demand ? [{ microPerKw: 9_000_000, slots: perSlot(() => 0).map((_, t) => t > 12), peakSoFarW: watts(20_000) }] : [],
      },
      policy,
    }
  })

/** Judges one plan: every node, phase and port in every slot. Answers what is wrong, in words. */
const violations = (input: PlanningInput, p: Plan): string[] => {
  const wrong: string[] = []
  const above = (id: string | undefined): string[] => (id === undefined ? [] : [id, ...above(input.nodes.find((n) => n.id === id)!.parent)])
  for (let t = 0; t < input.slots; t += 1) {
    for (const node of input.nodes) {
      const under = input.ports.filter((port) => above(port.node).includes(node.id))
      const base = input.nodes.filter((n) => above(n.id).includes(node.id)).reduce((sum, n) => sum + n.baseLoadW![t]!, 0)
      const given = (port: string) => p.allocations.find((a) => a.port === port)?.powerW[t] ?? 0
      const extra = under.reduce((sum, port) => sum + given(port.id), 0)
      const load = under.reduce((sum, port) => sum + Math.max(given(port.id), port.reservedW[t] ?? 0), base)
      if (extra > 0 && load > node.limitW[t]!) wrong.push(`${node.id} slot ${t}: ${load} W of ${node.limitW[t]}`)
      if (!node.limitMa || extra === 0) continue
      for (const phase of ['l1', 'l2', 'l3'] as const) {
        const amps = under.reduce(
          (sum, port) => {
            const period = p.allocations.find((a) => a.port === port.id)?.periods.findLast(({ fromSlot }) => fromSlot <= t)
            return sum + (period?.phases.includes(phase) ? period.milliamps : 0)
          },
          (base * 1000) / (208 * Math.sqrt(3)),
        )
        if (amps > node.limitMa[phase][t]! + 1) wrong.push(`${node.id} ${phase} slot ${t}: ${amps} mA of ${node.limitMa[phase][t]}`)
      }
    }
  }
  for (const { vehicle, port, powerW, periods } of p.allocations) {
    const need = input.needs.find(({ id }) => id === vehicle)!
    const { maxW, stepMa, maxPeriods } = input.ports.find(({ id }) => id === port)!
    if (periods.length > maxPeriods) wrong.push(`${port}: ${periods.length} periods of ${maxPeriods}`)
    for (const { milliamps: ma } of periods) if ((ma !== 0 && ma < 6_000) || ma % stepMa !== 0) wrong.push(`${port}: ${ma} mA`)
    powerW.forEach((w, t) => {
      const [from, until] = [five + t * minutes(5), five + (t + 1) * minutes(5)]
      if (w > maxW || w > need.maxW) wrong.push(`${port} slot ${t}: ${w} W`)
      if (w > 0 && (until <= need.arrives || from >= need.departs || until <= input.now)) wrong.push(`${port} slot ${t}: nobody is there`)
    })
  }
  return wrong
}

test('on any tree: under every limit of node and phase, 0 or at least 6 A in whole amperes, within the port, while the vehicle is there', () => {
  let charged = 0
  fc.assert(
    fc.property(anyInput, (input) => {
      const p = plan(input)
      expect(violations(input, p)).toEqual([])
      expect(p.lowerBoundMicro).toBeLessThanOrEqual(p.costMicro)
      charged += p.allocations.filter(({ powerW }) => powerW.some((w) => w > 0)).length
    }),
    { seed: 20261123, numRuns: 200 },
  )
  expect(charged).toBeGreaterThan(200)
}, 60_000)

test('price makes nobody late: no rank misses more than without prices, but for what a step more or less explains', () => {
  let missed = 0
  fc.assert(
    fc.property(anyInput, (input) => {
      const ranks = [...new Set(input.needs.map(({ priority }) => priority))].sort((a, b) => b - a)
      const missing = (policy: PlanningInput['policy']) => {
        const { shortfalls } = plan({ ...input, policy })
        const of = new Map(shortfalls.map(({ vehicle, missingWh }) => [vehicle, missingWh]))
        return ranks.map((rank) => input.needs.reduce((sum, { id, priority }) => sum + (priority === rank ? (of.get(id) ?? 0) : 0), 0))
      }
      const without = missing('readyFirst')
      missed += without.some((wh) => wh > 0) ? 1 : 0
      for (const policy of ['cheapest', 'greenest'] as const)
        for (const [i, missingWh] of missing(policy).entries()) {
          expect(missingWh).toBeLessThanOrEqual(without[i]! * 1.01 + 50 * input.needs.length)
          // what a higher rank has more, the lower ones may have less
          if (missingWh < without[i]!) break
        }
    }),
    { seed: 7, numRuns: 80 },
  )
  expect(missed).toBeGreaterThan(10)
}, 60_000)

test('the same input gives the same plan, bit for bit; keeping the last plan costs the highest priority nothing', () => {
  fc.assert(
    fc.property(anyInput, (input) => {
      const first = plan(input)
      expect(JSON.stringify(plan(JSON.parse(JSON.stringify(input))))).toBe(JSON.stringify(first))
      const again = plan({ ...input, previous: first })
      expect(violations(input, again)).toEqual([])
      // higher priority first: those with the highest miss no more than without prices and without a last plan
      const top = Math.max(...input.needs.map(({ priority }) => priority))
      const ranked = input.needs.filter(({ priority }) => priority === top).map(({ id }) => id)
      const missing = ({ shortfalls }: Plan) =>
        shortfalls.reduce((sum, { vehicle, missingWh }) => sum + (ranked.includes(vehicle) ? missingWh : 0), 0)
      expect(missing(again)).toBeLessThanOrEqual(missing(plan({ ...input, policy: 'readyFirst' })))
    }),
    { seed: 3, numRuns: 40 },
  )
}, 60_000)
