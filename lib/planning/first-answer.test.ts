import { expect, test } from 'vitest'
import { kilowatts } from '#lib/units/units.ts'
import { pricesBy, zerega } from './depot-fixture.ts'
import { firstAnswer } from './first-answer.ts'
import { plan } from './plan.ts'
import type { Plan } from './plan-result.ts'

const prices = { microPerKwh: pricesBy(168, { '17:00': 300_000, '21:00': 180_000, '00:00': 120_000 }), demand: [] }
const siteW = ({ allocations }: Plan) => allocations[0]!.powerW.map((_, t) => allocations.reduce((sum, { powerW }) => sum + powerW[t]!, 0))

test('nothing has changed: the first answer is the last plan', () => {
  const input = zerega({ policy: 'cheapest', prices })
  const before = plan(input)
  expect(firstAnswer({ ...input, previous: before }).allocations).toEqual(before.allocations)
})
test('a deep cut: under the new limit at once, and what was cut is added where there is room', () => {
  const input = zerega({ policy: 'cheapest', prices })
  const cut = {
    ...input,
    previous: plan(input),
    nodes: input.nodes.map((node) => ({ ...node, limitW: node.limitW.map((w, t) => (t > 84 && t < 96 ? kilowatts(20) : w)) })),
  }
  const answer = firstAnswer(cut)
  siteW(answer).forEach((w, t) => {
    expect(w).toBeLessThanOrEqual(cut.nodes[0]!.limitW[t]!)
  })
  const trimmedWh = 12 * 5_000 - 5_000
  const missingWh = answer.shortfalls.reduce((sum, { missingWh }) => sum + missingWh, 0)
  expect(missingWh).toBeLessThan(trimmedWh / 10)
  expect(answer.lowerBoundMicro).toBeLessThanOrEqual(answer.costMicro)
})
test('no plan before: everybody is served, the most urgent first', () => {
  expect(firstAnswer(zerega({ policy: 'readyFirst' })).shortfalls).toEqual([])
})
