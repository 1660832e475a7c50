import { expect, test } from 'vitest'
import { checkPlan, type Violation } from './check-plan.ts'
import { nightOf } from './instances.ts'
import { mostDeliverableWh } from './max-flow.ts'
import { type Policy, planBy } from './policies.ts'

const night = (seed: number) =>
  nightOf({
    seed,
    vehicles: 24,
    slots: 96,
    tariff: 'tou-ev-4-winter',
    phases: (['one', 'mixed208', 'mixed230'] as const)[seed % 3]!,
    tightness: 1.1,
    levels: 3,
    baseLoad: true,
    gridSignal: true,
    peakSoFar: 0,
    welcome: 0,
    neverPause: 0,
    priorities: false,
  })
// a policy plans no shortfalls and no cost, and a charger's periods are not its concern
const HARD = [
  'limitW',
  'limitMa',
  'minimum',
  'stepMa',
  'rotation',
  'power',
  'present',
  'portMax',
  'vehicleMax',
  'onePerPort',
  'period',
  'known',
  'slots',
]
const hard = (found: Violation[]) => found.filter(({ rule }) => HARD.includes(rule))

test('every policy but the uncontrolled one keeps every limit; those that look at departures are not worse than equal shares', () => {
  const delivered = new Map<Policy, number>()
  for (let seed = 1; seed <= 6; seed++) {
    const q = night(seed)
    for (const policy of ['uncontrolled', 'equalShare', 'roundRobin', 'edf', 'llf'] as const) {
      const { violations, vehicles } = checkPlan(q, planBy(q, policy))
      if (policy === 'uncontrolled') expect(hard(violations).map(({ rule }) => rule)).toContain('limitW')
      else expect([policy, seed, hard(violations)]).toEqual([policy, seed, []])
      const useful = vehicles.reduce((sum, { deliveredWh }, i) => sum + Math.min(deliveredWh, q.needs[i]!.energyWh), 0)
      delivered.set(policy, (delivered.get(policy) ?? 0) + useful)
      if (policy !== 'uncontrolled') expect(useful).toBeLessThanOrEqual(mostDeliverableWh(q) * 0.92 + 24)
    }
  }
  expect(delivered.get('llf')).toBeGreaterThan(delivered.get('equalShare')!)
  expect(delivered.get('edf')).toBeGreaterThan(delivered.get('equalShare')!)
  expect(delivered.get('roundRobin')).toBeGreaterThan(delivered.get('equalShare')!)
})
