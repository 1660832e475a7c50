import { expect, test } from 'vitest'
import { kilowatts, type Watts } from '#lib/units/units.ts'
import { bottlenecks } from './bottlenecks.ts'
import { depot, portOf, van } from './depot-fixture.ts'
import { explain, explainShortfall } from './explain.ts'
import { firstAnswer } from './first-answer.ts'
import type { PlanningInput, PlanningNode } from './input.ts'
import { plan } from './plan.ts'
import { type StopKind, stopsIn } from './stopped.ts'
import { changed } from './what-if.ts'

const words = { time: String, node: (id: string) => `Panel ${id.toUpperCase()}` }
const watts = (kw: number) => new Array<Watts>(168).fill(kilowatts(kw))
/** Vans a and b under panel A, which is stopped with a limit of 0, van c at the connection; the charger of b is out of reach. */
const stoppedAt = (panel: StopKind | undefined, site?: StopKind): PlanningInput => {
  const base = depot(80, [van('a', '22:00', 20), van('b', '22:00', 20), van('c', '22:00', 20)])
  const node = (id: string, stopped: StopKind | undefined, kw: number): PlanningNode => ({
    ...{ id, limitW: watts(stopped ? 0 : kw), volts: 240, wiring: 'L-L' },
    ...(stopped && { stopped }),
  })
  const nodes = [node('service', site, 80), { ...node('a', panel, 40), parent: 'service' }, { ...node('row', site, 20), parent: 'a' }]
  const ports = [
    portOf('a', { node: 'row' }),
    portOf('b', { node: 'row', offline: { followsW: watts(0) } }),
    portOf('c', { node: 'service' }),
  ]
  return { ...base, nodes, ports }
}

test.each([
  ['planner', plan],
  ['safe plan', firstAnswer],
])(
  '%s: who stands under a locked-out panel is told that, and only its release as what helps, a charger that lost its power too',
  (_, answer) => {
    const { shortfalls, reasons } = answer(stoppedAt('lockedOut'))
    expect(shortfalls.map(({ vehicle, cause, remedies }) => [vehicle, cause, remedies])).toEqual(
      ['a', 'b'].map((id) => [id, { kind: 'lockedOut', node: 'a' }, [{ kind: 'release', node: 'a' }]]),
    )
    expect(explainShortfall(shortfalls[0]!, words)).toBe('Will miss 20 kWh: Panel A is locked out. Release it to go on.')
    for (const id of ['a', 'b']) expect(explain(reasons[id]!, words)).toBe('Waits: Panel A is locked out; release it to go on.')
    expect(reasons.c).toMatchObject({ kind: 'charging' })
  },
)

test('everything stopped goes before a lock-out, and no circuit is called full', () => {
  const input = stoppedAt('lockedOut', 'stopAll')
  const made = plan(input)
  expect(made.shortfalls.map(({ cause }) => cause.kind)).toEqual(['stopAll', 'stopAll', 'stopAll'])
  expect(explainShortfall(made.shortfalls[0]!, words)).toBe('Will miss 20 kWh: everything is stopped. Lift it to go on.')
  expect(explain(made.reasons.c!, words)).toBe('Waits: everything is stopped; lift it to go on.')
  expect(bottlenecks({ input, plan: made })).toEqual([])
})

test('without a reason the limit of 0 is told as before: plans of before it was kept come out again', () => {
  const { nodes, ...others } = stoppedAt('lockedOut')
  const [short] = plan({ ...others, nodes: nodes.map(({ stopped: _, ...node }) => node) }).shortfalls
  expect(short).toMatchObject({ vehicle: 'a', cause: { kind: 'nodeFull', node: 'a' } })
  expect(stopsIn({ nodes })({ node: 'service' })).toBeUndefined()
})

test('more power at a locked-out node gives nobody anything, also on paper', () => {
  const input = stoppedAt('lockedOut')
  expect(changed(input, { kind: 'limit', node: 'a', limitW: kilowatts(60), from: undefined, until: undefined }).nodes).toEqual(input.nodes)
})
