import { expect, test } from 'vitest'
import { depot, portOf, van } from '#lib/planning/depot-fixture.ts'
import { plan } from '#lib/planning/plan.ts'
import { byVehicle } from '#lib/planning/plan-index.ts'
import { watts } from '#lib/units/units.ts'
import { planHolds } from './plan-holds.ts'

test('what is kept for chargers that may draw it counts, and the node that the reason names is marked, whatever it is worth', () => {
  const reservedW = new Array(168).fill(watts(5_760))
  const input = depot(20, [van('a', '05:00', 40), van('b', '05:00', 0)], { ports: [portOf('a'), portOf('b', { reservedW })] })
  const stored = { id: 'plan', input, plan: plan(input), asOf: input.now } as never
  const planned = byVehicle({ plan: plan(input), input }).get('a')!
  expect(planned.reason).toMatchObject({ kind: 'charging', powerW: 14_160, limitedBy: { kind: 'node', node: 'service' } })
  expect(planHolds(stored, new Map(), input.now)(planned, 'a', undefined)).toEqual([
    { name: 'service', usedW: 14_160 + 5_760, keptW: 5_760, limitW: 20_000, binding: true, valueMicroPerKw: null },
  ])
})
