import { expect, test } from 'vitest'
import { readPlanningInput } from '#lib/planning/json.ts'
import { plan } from '#lib/planning/plan.ts'
import { checkPlan } from '../judge/check-plan.ts'
import { leastPeakW } from '../judge/max-flow.ts'
import { readyToo } from './planner.ready.ts'
import { anHourLater, nights, tightWithoutPauses } from './planner.suite.ts'

const some = nights(20, (i) => ({ vehicles: 14 + (i % 3), slots: i % 5 === 4 ? 288 : 96 }))

test('of the nights, three in ten and more have a tight connection, as many have mixed phases; trees, signals, priorities and prices of all kinds', () => {
  const share = (is: (night: (typeof some)[number]) => boolean) => some.filter(is).length / some.length
  expect(share(({ spec }) => spec.tightness !== undefined && spec.tightness >= 0.85 && spec.tightness <= 1.15)).toBeGreaterThanOrEqual(0.3)
  const isMixed = ({ input }: (typeof some)[number]) =>
    new Set(input.needs.map(({ phases }) => phases)).size > 1 && input.nodes.some(({ limitMa }) => limitMa)
  expect(share(isMixed)).toBeGreaterThanOrEqual(0.3)
  expect(share(({ input }) => input.nodes.some(({ parent }) => parent !== undefined && parent !== 'service'))).toBe(1)
  expect(share(({ input }) => new Set(input.nodes[0]!.limitW).size > 1)).toBeGreaterThan(0.2)
  expect(share(({ input }) => input.prices.demand.length > 1)).toBeGreaterThan(0.1)
  expect(share(({ input }) => new Set(input.prices.microPerKwh).size > 15)).toBeGreaterThan(0.1)
  expect(share(({ input }) => new Set(input.prices.microPerKwh).size === 1)).toBeGreaterThan(0.1)
  expect(
    share(({ input }) => input.needs.some(({ arrives }) => arrives > input.now) && input.needs.some(({ arrives }) => arrives < input.now)),
  ).toBeGreaterThan(0.5)
  for (const { input } of some) expect(readPlanningInput(JSON.parse(JSON.stringify(input))).kind).toBe('ok')
})

test('tight means what it says: the connection is that multiple of the least power that serves everybody', () => {
  for (const { spec, input } of some.filter((night) => night.spec.tightness !== undefined && night.spec.slots === 96)) {
    const plain = new Array<number>(input.slots).fill(Math.max(...input.nodes[0]!.limitW))
    const root = { ...input.nodes[0]!, limitW: plain, limitMa: undefined }
    const least = leastPeakW(
      { ...input, nodes: [{ ...root, limitW: plain.map(() => 1e6) }], ports: input.ports.map((port) => ({ ...port, node: root.id })) },
      20,
    )!
    // slots of a quarter of an hour are cut at arrivals and departures, the measure is not
    expect(plain[0]! / least / spec.tightness!).toBeGreaterThan(0.93)
    expect(plain[0]! / least / spec.tightness!).toBeLessThan(1.07)
  }
})

test('an hour later is a question that fits the plan before it', () => {
  const [night] = some
  const later = anHourLater(night!, plan(night!.input))
  expect(readPlanningInput(JSON.parse(JSON.stringify(later)))).toMatchObject({ kind: 'ok' })
  expect(later.needs).toHaveLength(night!.input.needs.length - 1)
  expect(checkPlan(later, plan(later)).violations).toEqual([])
})

test('where a tenth would not wake after a pause and power is short, few are late, not many a little', () => {
  const { input } = tightWithoutPauses(2, { vehicles: 200, slots: 96 })[1]!
  const { violations, vehicles } = checkPlan(input, plan(input))
  expect(violations).toEqual([])
  const late = vehicles.filter(({ missingWh }) => missingWh > 0)
  expect(late.length).toBeGreaterThan(0)
  expect(late.length).toBeLessThanOrEqual(10)
})

test('a vehicle that is late though it could be ready is counted; one that could not be is none', () => {
  const { input } = nights(1, () => ({ vehicles: 14, slots: 96, tightness: undefined }))[0]!
  const answer = plan(input)
  expect(readyToo(input, answer, checkPlan(input, answer))).toBe(0)
  const [first, ...others] = answer.allocations
  const idle = { ...first!, periods: [], powerW: first!.powerW.map(() => first!.powerW[0]! * 0) as NonNullable<typeof first>['powerW'] }
  const without = { ...answer, allocations: [idle, ...others] }
  expect(readyToo(input, without, checkPlan(input, without))).toBe(1)
  // nobody can be ready without power
  const dark = { ...input, nodes: input.nodes.map((node) => ({ ...node, limitW: node.limitW.map((w) => (w * 0) as typeof w) })) }
  const nothing = plan(dark)
  expect(nothing.shortfalls).toHaveLength(14)
  expect(readyToo(dark, nothing, checkPlan(dark, nothing))).toBe(0)
})
