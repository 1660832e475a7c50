import { expect, test } from 'vitest'
import { checkPlan } from './check-plan.ts'
import type { Answer, Question } from './question.ts'

// Two vans between two lines of 240 V under 10 kW, four slots of a quarter of an hour; every rule has a plan that breaks it.

const START = Date.parse('2026-11-23T17:00:00Z')
const SLOT = 900_000
const each = (value: number) => [value, value, value, value]

const question = (change: Partial<Question> = {}): Question => ({
  now: START,
  slotMinutes: 15,
  slots: 4,
  nodes: [
    { id: 'service', limitW: each(10_000), baseLoadW: [1000, 1000, 1000, 2000], volts: 240, wiring: 'L-L' },
    {
      id: 'panel',
      parent: 'service',
      limitW: each(9_000),
      limitMa: { l1: each(30_000), l2: each(40_000), l3: each(40_000) },
      volts: 240,
      wiring: 'L-L',
    },
  ],
  ports: [
    { id: 'p1', node: 'panel', maxW: 7_680, minW: 1_440, stepMa: 1000, phases: ['l1', 'l2'], maxPeriods: 3, reservedW: [] },
    { id: 'p2', node: 'panel', maxW: 7_680, minW: 1_440, stepMa: 1000, phases: ['l2', 'l3'], maxPeriods: 3, reservedW: each(1_440) },
  ],
  needs: [
    {
      id: 'a',
      port: 'p1',
      arrives: START,
      departs: START + 4 * SLOT,
      energyWh: 3_240,
      maxW: 7_200,
      phases: 1,
      efficiency: 0.9,
      priority: 0,
      mayPause: true,
    },
    {
      id: 'b',
      port: 'p2',
      arrives: START + SLOT,
      departs: START + 3 * SLOT,
      energyWh: 1_000,
      maxW: 7_200,
      phases: 1,
      efficiency: 1,
      priority: 0,
      mayPause: true,
    },
  ],
  prices: {
    microPerKwh: [100_000, 100_000, 200_000, 200_000],
    demand: [{ microPerKw: 1_000_000, slots: [true, true, false, true], peakSoFarW: 5_000 }],
  },
  policy: 'cheapest',
  ...change,
})

const powerOf = (amps: number[]) => amps.map((a) => a * 240)
const periodsOf = (amps: number[], phases: ('l1' | 'l2' | 'l3')[]) =>
  amps.flatMap((a, t) => (t > 0 && amps[t - 1] === a ? [] : [{ fromSlot: t, milliamps: a * 1000, phases }]))
// a: 30 A, 30 A, 0, 0 = 3.6 kWh at the port; b: 0, 6 A, 6 A, 0 = 0.72 kWh
const answer = (a = [30, 30, 0, 0], b = [0, 6, 6, 0], change: Partial<Answer> = {}): Answer => ({
  allocations: [
    { vehicle: 'a', port: 'p1', periods: periodsOf(a, ['l1', 'l2']), powerW: powerOf(a) },
    { vehicle: 'b', port: 'p2', periods: periodsOf(b, ['l2', 'l3']), powerW: powerOf(b) },
  ],
  shortfalls: [{ vehicle: 'b', missingWh: 280 }],
  costMicro: 360_000 + 36_000 + 72_000 + 4_640_000,
  lowerBoundMicro: 5_108_000,
  gap: 0,
  ...change,
})
const rules = (q: Question, p: Answer) => [...new Set(checkPlan(q, p).violations.map(({ rule }) => rule))]

test('a plan that keeps everything: energy, missing energy and cost to the micro', () => {
  const { violations, vehicles, energyMicro, demandMicro, costMicro, peakW } = checkPlan(question(), answer())
  expect(violations).toEqual([])
  expect(vehicles.map(({ deliveredWh, missingWh, onBlocks, periods }) => ({ deliveredWh, missingWh, onBlocks, periods }))).toEqual([
    { deliveredWh: 3_240, missingWh: 0, onBlocks: 1, periods: 2 },
    { deliveredWh: 720, missingWh: 280, onBlocks: 1, periods: 3 },
  ])
  expect({ energyMicro, demandMicro, costMicro, peakW }).toEqual({
    energyMicro: 468_000,
    demandMicro: 4_640_000,
    costMicro: 5_108_000,
    peakW: 9_640,
  })
})

test('a vehicle at a port out of reach counts in the peak with what it follows, while it is there', () => {
  const [p1, p2] = question().ports
  const q = question({ ports: [p1!, { ...p2!, offline: { followsW: each(1_440) } }] })
  const { allocations } = answer()
  const alone = { allocations: allocations.slice(0, 1), shortfalls: [], costMicro: 5_000_000 }
  expect(checkPlan(q, { ...alone, lowerBoundMicro: 5_000_000, gap: 0 })).toMatchObject({ violations: [], peakW: 9_640 })
})

test('each rule is told by the plan that breaks it', () => {
  const q = question()
  const periods = (change: (p: Answer['allocations'][number]) => Partial<Answer['allocations'][number]>): Answer => {
    const p = answer()
    return { ...p, allocations: p.allocations.map((each) => (each.vehicle === 'a' ? { ...each, ...change(each) } : each)) }
  }
  expect(rules(q, answer([30, 30, 0, 0], [0, 20, 6, 0]))).toEqual(expect.arrayContaining(['limitW', 'limitMa', 'cost']))
  // p2 keeps its reserve of 6 A while it is given nothing: 7.68 + 1.44 kW are over the panel's 9
  expect(rules(question({ needs: [{ ...q.needs[0]!, maxW: 7_680 }, q.needs[1]!] }), answer([32, 30, 0, 0]))).toContain('limitW')
  expect(
    rules(
      question({ nodes: [q.nodes[0]!, { ...q.nodes[1]!, limitMa: { l1: each(29_000), l2: each(40_000), l3: each(40_000) } }] }),
      answer(),
    ),
  ).toEqual(['limitMa'])
  expect(rules(q, answer([30, 30, 5, 0]))).toEqual(expect.arrayContaining(['minimum']))
  expect(rules(question({ ports: q.ports.map((port) => ({ ...port, stepMa: 4_000 })) }), answer())).toEqual(['stepMa'])
  expect(rules(question({ ports: q.ports.map((port) => ({ ...port, maxPeriods: 2 })) }), answer())).toEqual(['maxPeriods'])
  expect(rules(q, answer([30, 30, 0, 0], [6, 6, 0, 0]))).toContain('present')
  expect(rules(question({ ports: [{ ...q.ports[0]!, maxW: 7_000 }, q.ports[1]!] }), answer())).toEqual(['portMax'])
  expect(rules(question({ needs: [{ ...q.needs[0]!, maxW: 7_000 }, q.needs[1]!] }), answer())).toContain('vehicleMax')
  expect(
    rules(
      q,
      periods(() => ({ powerW: powerOf([30, 29, 0, 0]) })),
    ),
  ).toContain('power')
  expect(
    rules(
      q,
      periods(({ periods: was }) => ({ periods: was.map((each) => ({ ...each, phases: ['l2', 'l3'] })) })),
    ),
  ).toEqual(['rotation'])
  expect(
    rules(
      q,
      periods(({ periods: was }) => ({ periods: was.toReversed() })),
    ),
  ).toContain('period')
  expect(
    rules(
      q,
      periods(() => ({ port: 'p2' })),
    ),
  ).toContain('known')
  expect(rules(question({ needs: q.needs.map((need) => ({ ...need, mayPause: false })) }), answer([30, 0, 30, 0]))).toContain('mayPause')
  expect(rules(question({ ports: [{ ...q.ports[0]!, offline: { followsW: each(0) } }, q.ports[1]!] }), answer())).toContain('offline')
  expect(rules(q, answer(undefined, undefined, { shortfalls: [] }))).toEqual(['shortfall'])
  expect(rules(q, answer(undefined, undefined, { costMicro: 5_000_000 }))).toContain('cost')
  expect(rules(q, answer(undefined, undefined, { lowerBoundMicro: 5_200_000 }))).toContain('bound')
  expect(rules(q, answer(undefined, undefined, { gap: 0.1 }))).toEqual(['gap'])
  const hard = { ...q.prices.demand[0]!, targetW: 8_000, targetIsHard: true }
  expect(rules(question({ prices: { ...q.prices, demand: [hard] } }), answer())).toEqual(['hardTarget'])
  expect(
    rules(question({ needs: [q.needs[0]!, { ...q.needs[1]!, port: 'p1' }] }), {
      ...answer(),
      allocations: answer().allocations.map((each) => ({ ...each, port: 'p1' })),
    }),
  ).toContain('onePerPort')
})

test('a vehicle that tapers takes less than it is given, in the order of time', () => {
  const q = question()
  const tapering = { ...q.needs[0]!, taper: [{ afterWh: 1_620, maxW: 3_600 }] }
  const { vehicles } = checkPlan({ ...q, needs: [tapering, q.needs[1]!] }, answer())
  expect(vehicles[0]).toMatchObject({ deliveredWh: 1_620 + 810, missingWh: 810 })
})

test('base load of a node below passes every node above; three phases between lines are balanced', () => {
  const q = question()
  const nodes = [q.nodes[0]!, { ...q.nodes[1]!, baseLoadW: each(800), limitW: each(20_000), limitMa: undefined }]
  expect(rules({ ...q, nodes }, answer())).toEqual(['limitW', 'cost'])
  // 10 kW of three phases at 240 V are 24.06 A on each, with 30 A of the van over 50
  const three = [
    q.nodes[0]!,
    { ...q.nodes[1]!, limitW: each(20_000), baseLoadW: each(0), limitMa: { l1: each(54_000), l2: each(60_100), l3: each(40_000) } },
  ]
  const service = { ...q.nodes[0]!, limitW: each(30_000), baseLoadW: each(0) }
  const withBase = (w: number) =>
    rules({ ...q, nodes: [service, { ...three[1]!, baseLoadW: each(w) }] }, answer()).filter((rule) => rule === 'limitMa')
  expect(withBase(9_970)).toEqual([])
  expect(withBase(9_990)).toEqual(['limitMa'])
})
