import { expect, test } from 'vitest'
import { kilowatts, type Milliamps, milliamps, type Watts } from '#lib/units/units.ts'
import { boardOf } from './board.ts'
import { depot, portOf, van } from './depot-fixture.ts'
import { fullLines, fullNode, fullNodeOrSite } from './full-node.ts'
import type { PlanningInput } from './input.ts'
import { plan } from './plan.ts'
import { emptySchedule, setSteps } from './schedule.ts'

const SLOTS = 24
/** Two vans at chargers of 19.2 kW on circuits of their own, under a panel of 100 A a line: in kW the circuits have the least room. */
const panel = (lineMa = 100_000): PlanningInput => {
  const base = depot(200, [van('one', '19:00', 30), van('two', '19:00', 30)], { slots: SLOTS })
  const line = new Array<Milliamps>(SLOTS).fill(milliamps(lineMa))
  const circuit = (id: string) => ({
    id: `circuit ${id}`,
    parent: 'service',
    limitW: new Array<Watts>(SLOTS).fill(kilowatts(19.2)),
    volts: 240,
    wiring: 'L-L' as const,
  })
  return {
    ...base,
    nodes: [{ ...base.nodes[0]!, limitMa: { l1: line, l2: line, l3: line } }, circuit('one'), circuit('two')],
    ports: ['one', 'two'].map((id) => portOf(id, { node: `circuit ${id}` })),
  }
}

test('where the amperes of a line are used up, its node is what is full, not the circuit with the least kW', () => {
  const schedule = emptySchedule(boardOf(panel()))
  setSteps(schedule, 0, 0, 80)
  setSteps(schedule, 1, 0, 20)
  const n = fullNode(schedule, 1, 0)
  expect(schedule.board.nodeIds[n]).toBe('service')
  expect(fullLines(schedule, 1, 0, n)).toEqual(['l1', 'l2'])
})

test('the lowest one that has no room for what it is to have; none where there is some', () => {
  const schedule = emptySchedule(boardOf(panel(200_000)))
  expect(fullNode(schedule, 0, 0, 80)).toBe(-1)
  expect(schedule.board.nodeIds[fullNodeOrSite(schedule, 0, 0, 80)]).toBe('service')
  setSteps(schedule, 0, 0, 80)
  // it has all that its port can give: nothing more is asked for
  expect(fullNode(schedule, 0, 0)).toBe(-1)
})

test('the plan: who charges with less because of a line is told so', () => {
  const { reasons } = plan(panel())
  const limits = Object.values(reasons).flatMap((reason) => (reason.kind === 'charging' ? [reason.limitedBy] : []))
  expect(limits).toContainEqual({ kind: 'node', node: 'service' })
  expect(limits.some((limit) => limit.kind === 'node' && limit.node.startsWith('circuit'))).toBe(false)
})
