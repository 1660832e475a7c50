import { expect, test } from 'vitest'
import { kilowatts, type Watts } from '#lib/units/units.ts'
import { depot, van, zerega } from './depot-fixture.ts'
import { readPlan, readPlanningInput } from './json.ts'
import { plan } from './plan.ts'

const throughJson = <T>(value: T): unknown => JSON.parse(JSON.stringify(value))
const problemsOf = (json: unknown): string[] => {
  const read = readPlanningInput(json)
  return read.kind === 'wrong' ? read.problems : []
}

test('a question and its answer come back from JSON as they were, and the plan of it is the same bit for bit', () => {
  const input = zerega()
  const before = plan(input)
  const after = { ...input, previous: before }
  const read = readPlanningInput(throughJson(after))
  expect(read).toEqual({ kind: 'ok', value: throughJson(after) })
  expect(readPlan(throughJson(before))).toEqual({ kind: 'ok', value: throughJson(before) })
  expect(read.kind === 'ok' && JSON.stringify(plan(read.value))).toBe(JSON.stringify(plan(after)))
})

test('what is wrong is said where it is, all of it at once', () => {
  const input = depot(20, [van('a', '05:00', 10), van('b', '05:00', 10)])
  const wrong = {
    ...input,
    now: 'five',
    nodes: [{ ...input.nodes[0]!, wiring: 'star' }],
    ports: [{ ...input.ports[0]!, maxPeriods: 0, colour: 'red' }, input.ports[1]],
    policy: 'fastest',
  }
  expect(problemsOf(wrong)).toEqual([
    'now: Invalid input: expected number, received string',
    'nodes[0].wiring: Invalid option: expected one of "L-N"|"L-L"',
    'ports[0].maxPeriods: Too small: expected number to be >0',
    'ports[0]: Unrecognized key: "colour"',
    'policy: Invalid option: expected one of "readyFirst"|"cheapest"|"greenest"',
  ])
  const { energyWh: _, ...other } = input.needs[0]!
  const twice = { ...input.ports[0]!, phases: ['l1', 'l1'] }
  expect(problemsOf({ ...input, ports: [twice, input.ports[1]], needs: [{ ...other, energyWh: 1e308 }, input.needs[1]] })).toEqual([
    'ports[0].phases: names a conductor twice',
    'needs[0].energyWh: Too big: expected number to be <=1000000000000',
  ])
  expect(problemsOf(null)).toEqual(['the document: Invalid input: expected object, received null'])
})

test('what does not fit together is said too', () => {
  const input = depot(20, [van('a', '05:00', 10), van('a', '05:00', 10, { port: 'nowhere' })], { slots: 3 })
  const service = { ...input.nodes[0]!, limitW: [kilowatts(20), kilowatts(20)] as Watts[] }
  const circle = [service, { ...input.nodes[0]!, id: 'x', parent: 'y' }, { ...input.nodes[0]!, id: 'y', parent: 'x' }]
  const ports = [{ ...input.ports[0]!, node: 'cellar', reservedW: [kilowatts(1)] }]
  expect(
    problemsOf({ ...input, nodes: circle, ports, prices: { ...input.prices, demand: [{ microPerKw: 1, slots: [true], peakSoFarW: 0 }] } }),
  ).toEqual([
    'needs[1].id: "a" is there twice',
    'nodes[0].limitW: has 2 values; one per slot are needed, 3',
    'nodes[1].parent: "x" is above itself: the tree has a circle',
    'nodes[2].parent: "y" is above itself: the tree has a circle',
    'ports[0].node: there is no node "cellar"',
    'ports[0].reservedW: has 1 values; one per slot are needed, 3 or none',
    'needs[1].port: there is no port "nowhere"',
    'prices.demand[0].slots: has 1 values; one per slot are needed, 3',
  ])
})

test('parts of a unit are rounded to the safe side: limits down, loads and needs up', () => {
  const input = depot(20, [van('a', '05:00', 10)], { slots: 1 })
  const parts = {
    ...input,
    nodes: [{ ...input.nodes[0]!, limitW: [20_000.9], baseLoadW: [100.1], limitMa: { l1: [80_000.5], l2: [80_000.5], l3: [80_000.5] } }],
    ports: [{ ...input.ports[0]!, maxW: 11_528.4, minW: 2_161.6 }],
    needs: [{ ...input.needs[0]!, energyWh: 9_999.2, arrives: input.now + 0.5, departs: input.now + 999.5 }],
  }
  const read = readPlanningInput(parts)
  expect(read.kind === 'ok' && [read.value.nodes[0], read.value.ports[0], read.value.needs[0]]).toMatchObject([
    { limitW: [20_000], baseLoadW: [101], limitMa: { l1: [80_000] } },
    { maxW: 11_528, minW: 2_161 },
    { energyWh: 10_000, arrives: input.now + 1, departs: input.now + 999 },
  ])
})
