import { expect, test } from 'vitest'
import { nightOf } from './instances.ts'
import { leastPeakW, mostDeliverableWh } from './max-flow.ts'
import { makeOracle } from './oracle.ts'
import type { Question } from './question.ts'

const START = Date.parse('2026-11-23T17:00:00Z')
const HOUR = 3_600_000

/** Vans that each need some kWh until an hour after the start, at ports of 10 kW; slots of a quarter of an hour. */
const depot = (
  needs: { kwh: number; untilHour: number; priority?: number }[],
  capKw: number[],
  change: Partial<Question> = {},
): Question => ({
  now: START,
  slotMinutes: 15,
  slots: capKw.length,
  nodes: [{ id: 'service', limitW: capKw.map((kw) => kw * 1000), volts: 250, wiring: 'L-L' }],
  ports: needs.map((_, i) => ({
    id: `p${i}`,
    node: 'service',
    maxW: 10_000,
    minW: 1_500,
    stepMa: 1000,
    phases: ['l1', 'l2'],
    maxPeriods: 20,
    reservedW: [],
  })),
  needs: needs.map(({ kwh, untilHour, priority = 0 }, i) => ({
    id: `v${i}`,
    port: `p${i}`,
    arrives: START,
    departs: START + untilHour * HOUR,
    energyWh: kwh * 1000,
    maxW: 10_000,
    phases: 1,
    efficiency: 1,
    priority,
    mayPause: true,
  })),
  prices: { microPerKwh: capKw.map(() => 100_000), demand: [] },
  policy: 'cheapest',
  ...change,
})
const eight = (kw: number) => new Array<number>(8).fill(kw)

test('HiGHS, by hand: the cheap hour first, then the demand charge against it', async () => {
  const oracle = await makeOracle()
  const prices = (microPerKw: number) => ({
    microPerKwh: [300_000, 300_000, 300_000, 300_000, 100_000, 100_000, 100_000, 100_000],
    demand: [{ microPerKw, slots: new Array<boolean>(8).fill(true), peakSoFarW: 2_000 }],
  })
  // 8 kWh in the cheap hour: 0.80 and 6 kW more than the 2 so far
  expect(oracle.best(depot([{ kwh: 8, untilHour: 2 }], eight(12), { prices: prices(100_000) })).costMicro).toBeCloseTo(800_000 + 600_000, 0)
  // a kW of peak costs more than an hour's price: 4 kW all the time, 0.4 + 1.2 + 2 × 1
  expect(oracle.best(depot([{ kwh: 8, untilHour: 2 }], eight(12), { prices: prices(1_000_000) })).costMicro).toBeCloseTo(3_600_000, 0)
})

test('HiGHS, by hand: what is missing is missed by the lower priority', async () => {
  const oracle = await makeOracle()
  const q = depot(
    [
      { kwh: 8, untilHour: 1 },
      { kwh: 8, untilHour: 1, priority: 2 },
    ],
    eight(10),
  )
  const { missingWh, missingByRank } = oracle.best(q)
  expect(missingWh).toBeCloseTo(6_000, 1)
  expect(missingByRank[0]).toBeCloseTo(0, 1)
  expect(missingByRank[1]).toBeCloseTo(6_000, 1)
  expect(mostDeliverableWh(q)).toBeCloseTo(10_000, 1)
  // the lower one alone with all of it costs the same; with more than there is, no plan exists
  expect(
    oracle.leastCostMicro(
      q,
      new Map([
        ['v0', 8_000],
        ['v1', 2_000],
      ]),
    ),
  ).toBeCloseTo(1_000_000, 0)
  expect(
    oracle.leastCostMicro(
      q,
      new Map([
        ['v0', 8_000],
        ['v1', 2_100],
      ]),
    ),
  ).toBeUndefined()
})

test('a reserve of a port is its own: nobody else gets it, and it takes no room twice', async () => {
  const oracle = await makeOracle()
  const q = depot(
    [
      { kwh: 8, untilHour: 1 },
      { kwh: 8, untilHour: 1 },
    ],
    eight(10),
  )
  const ports = [{ ...q.ports[0]!, reservedW: eight(4_000) }, q.ports[1]!]
  const only = { ...q, ports, needs: [q.needs[1]!] }
  for (const [question, missing] of [
    [{ ...q, ports }, 6_000],
    [only, 2_000],
  ] as const) {
    expect(oracle.best(question).missingWh).toBeCloseTo(missing, 1)
    expect(mostDeliverableWh(question)).toBeCloseTo(16_000 - 8_000 * (2 - question.needs.length) - missing, 1)
  }
})

test('currents: three vans between two lines share the phases that a balanced load would have alone', async () => {
  const oracle = await makeOracle()
  const q = depot(
    [
      { kwh: 5, untilHour: 1 },
      { kwh: 5, untilHour: 1 },
    ],
    eight(100),
  )
  const limitMa = { l1: eight(20_000), l2: eight(20_000), l3: eight(20_000) }
  const together = { ...q, nodes: [{ ...q.nodes[0]!, limitMa }] }
  // both on l1 and l2: 20 A of 250 V are 5 kW for the two
  expect(oracle.best(together).missingWh).toBeCloseTo(5_000, 1)
  // turned by one, l2 is what they share
  const turned = { ...together, ports: [q.ports[0]!, { ...q.ports[1]!, phases: ['l2' as const, 'l3' as const] }] }
  expect(oracle.best(turned).missingWh).toBeCloseTo(5_000, 1)
  const neutral = { ...turned, nodes: [{ ...turned.nodes[0]!, wiring: 'L-N' as const }] }
  expect(oracle.best(neutral).missingWh).toBeCloseTo(0, 1)
})

test('on pure networks of the real data the two oracles agree, at any tightness', async () => {
  const oracle = await makeOracle()
  for (let seed = 1; seed <= 8; seed++) {
    const q = nightOf({
      seed,
      vehicles: 14,
      slots: 96,
      tariff: 'tou-ev-4-winter',
      phases: 'one',
      tightness: 0.6 + seed * 0.07,
      levels: 3,
      baseLoad: true,
      gridSignal: seed % 2 === 0,
      peakSoFar: 0,
      welcome: 0,
      neverPause: 0,
      priorities: true,
    })
    // whole slots: there a limit of power is one of energy
    const whole = {
      ...q,
      now: Math.ceil(q.now / 900_000) * 900_000,
      needs: q.needs.map((need) => ({
        ...need,
        arrives: Math.round(need.arrives / 900_000) * 900_000,
        departs: Math.round(need.departs / 900_000) * 900_000,
      })),
    }
    const wanted = whole.needs.reduce((sum, { energyWh, efficiency }) => sum + energyWh / efficiency, 0)
    const missing = oracle.best(whole).missingWh
    expect(missing / 0.92 + mostDeliverableWh(whole)).toBeCloseTo(wanted, 0)
    const least = leastPeakW(whole, 5)
    if (missing < 0.1) expect(least).toBeLessThanOrEqual(Math.max(...whole.nodes[0]!.limitW))
    else expect(least).toBeUndefined()
  }
})

test('HiGHS, by hand: on a line that what is kept for its port passes already nothing is given, on another one it is', async () => {
  const oracle = await makeOracle()
  const kept = (l1A: number) => {
    const q = depot([{ kwh: 8, untilHour: 2 }], eight(12))
    const amps = (a: number) => new Array<number>(8).fill(a * 1000)
    q.nodes = [{ ...q.nodes[0]!, limitMa: { l1: amps(l1A), l2: amps(100), l3: amps(0) } }]
    q.ports = [{ ...q.ports[0]!, reservedW: new Array<number>(8).fill(1_500) }]
    return oracle.best(q)
  }
  expect(kept(5.2).missingWh).toBeCloseTo(8_000, 0)
  expect(kept(6).missingWh).toBeCloseTo(8_000 - 2 * 1_500, 0)
  expect(kept(100).missingWh).toBeCloseTo(0, 0)
})
