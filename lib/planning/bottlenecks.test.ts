import { expect, test } from 'vitest'
import { hours, minutes } from '#lib/time/instant.ts'
import { kilowatts, type Milliamps, milliamps, type Watts } from '#lib/units/units.ts'
import { bottlenecks } from './bottlenecks.ts'
import { clock, depot, portOf, pricesBy, van } from './depot-fixture.ts'
import type { PlanningInput } from './input.ts'
import { plan } from './plan.ts'
import { unmanaged } from './unmanaged.ts'

const found = (input: PlanningInput) => bottlenecks({ input, plan: plan(input) })

test('a cap for one of two holds back the one that leaves later, as long as the other charges', () => {
  const [only, ...others] = found(depot(19.2, [van('early', '19:00', 19.2), van('late', '22:00', 19.2)]))
  expect(others).toEqual([])
  expect(only).toMatchObject({ node: 'service', held: [{ vehicle: 'late', heldMs: hours(1) }] })
  expect(only!.hours[0]).toEqual({ from: clock('17:00'), until: clock('18:00') })
})

test('panel B of 30 kW is named, not the connection above it', () => {
  const needs = ['b1', 'b2', 'b3'].map((id) => van(id, '22:00', 38.4))
  const base = depot(80, [...needs, van('a', '22:00', 38.4)])
  const panel = {
    id: 'panel B',
    parent: 'service',
    limitW: new Array<Watts>(base.slots).fill(kilowatts(30)),
    volts: 240,
    wiring: 'L-L' as const,
  }
  const ports = ['b1', 'b2', 'b3'].map((id) => portOf(id, { node: 'panel B' }))
  const named = found({ ...base, nodes: [...base.nodes, panel], ports: [...ports, portOf('a')] })
  expect(named.map(({ node }) => node)).toEqual(['panel B'])
  // one of the three has its full power from the beginning
  expect(named[0]!.held.map(({ vehicle }) => vehicle).sort()).toEqual(['b2', 'b3'])
})

test('who waits for a cheaper hour is held back by nobody, who pays more because of the others is', () => {
  const prices = (late: number) => ({ microPerKwh: pricesBy(168, { '17:00': 300_000, '22:00': 100_000, '23:00': late }), demand: [] })
  const both = [van('one', '04:00', 19.2), van('two', '04:00', 19.2)]
  expect(found(depot(40, both, { policy: 'cheapest', prices: prices(200_000) }))).toEqual([])
  const [hour] = found(depot(19.2, both, { policy: 'cheapest', prices: prices(200_000) }))
  // an hour's worth of one of them is charged after 23:00, for 10 ct more
  expect(hour!.hours).toEqual([{ from: clock('22:00'), until: clock('23:00') }])
  expect(hour!.held.reduce((sum, { heldMs }) => sum + heldMs, 0)).toBeGreaterThanOrEqual(hours(1) - minutes(5))
  expect(hour!.valueMicroPerKw).toBeGreaterThan(0)
})

test('fourteen ports of 19.2 kW under 80 kW: the connection holds back all that cannot charge at once', () => {
  const vans = Array.from({ length: 14 }, (_, i) => van(`van ${i + 1}`, '06:00', 50))
  const input = depot(80, vans)
  expect(unmanaged(input).highestW).toBe(14 * 19_200)
  const [only] = found(input)
  expect([only!.node, only!.held.length]).toEqual(['service', 10])
})

test('where the amperes of two lines are used up, they are named', () => {
  const base = depot(80, [van('one', '22:00', 38.4), van('two', '22:00', 38.4)])
  const line = new Array<Milliamps>(base.slots).fill(milliamps(80_000))
  const [only] = found({ ...base, nodes: base.nodes.map((node) => ({ ...node, limitMa: { l1: line, l2: line, l3: line } })) })
  expect(only).toMatchObject({ node: 'service', lines: ['l1', 'l2'], held: [{ heldMs: hours(2) }] })
  expect(found(depot(19.2, [van('one', '22:00', 38.4), van('two', '22:00', 38.4)]))[0]!.lines).toEqual([])
})

test('a plan with room everywhere has none', () => expect(found(depot(80, [van('a', '22:00', 19.2), van('b', '22:00', 19.2)]))).toEqual([]))
