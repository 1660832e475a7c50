import fc from 'fast-check'
import { expect, test } from 'vitest'
import { kilowatts, watts } from '#lib/units/units.ts'
import { chooseFallbacks, type FallbackNode, type FallbackPort } from './fallback.ts'

const service: FallbackNode = { id: 'service', firmW: kilowatts(80) }
const port = (id: string, change: Partial<FallbackPort> = {}): FallbackPort => ({
  id,
  node: 'service',
  minW: watts(1_440),
  refusesZero: false,
  priority: 0,
  ...change,
})
const fourteen = Array.from({ length: 14 }, (_, i) => port(`p${i + 1}`))

test('fourteen ports under 80 kW: a tenth of it holds five minimums of 1.44 kW', () => {
  const result = chooseFallbacks([service], fourteen)
  expect(result.kind === 'chosen' && Object.values(result.fallbackW).filter((w) => w === 1_440).length).toBe(5)
})
test('higher priority first', () => {
  const result = chooseFallbacks([service], [...fourteen, port('ambulance', { priority: 9 })])
  expect(result).toMatchObject({ kind: 'chosen', fallbackW: { ambulance: 1_440, p4: 1_440, p5: 0 } })
})
test('a port that refuses 0 gets its minimum, also beyond the share', () => {
  const stubborn = fourteen.map((each) => ({ ...each, refusesZero: true }))
  const result = chooseFallbacks([service], [...stubborn, port('other', { priority: 9 })])
  expect(result).toMatchObject({ kind: 'chosen', fallbackW: { p1: 1_440, p14: 1_440, other: 0 } })
})
test('if those alone pass a limit, the tree is refused, with the node', () => {
  const panel: FallbackNode = { id: 'panel', parent: 'service', firmW: kilowatts(4) }
  const stubborn = [1, 2, 3].map((n) => port(`p${n}`, { node: 'panel', refusesZero: true }))
  expect(chooseFallbacks([service, panel], stubborn)).toEqual({
    kind: 'refused',
    node: 'panel',
    overW: 320,
    reason: 'needs a contactor or a load-shed relay',
  })
})
test('base load of a panel counts at the service above it', () => {
  const tight: FallbackNode[] = [
    { id: 'service', firmW: kilowatts(20) },
    { id: 'shop', parent: 'service', baseLoadW: kilowatts(19) },
  ]
  expect(chooseFallbacks(tight, [port('a')])).toEqual({ kind: 'chosen', fallbackW: { a: 0 } })
  expect(chooseFallbacks(tight, [port('a', { refusesZero: true })])).toMatchObject({ kind: 'refused', node: 'service', overW: 440 })
})
test('on any tree: never above a share of any node, but for ports that refuse 0; and no port that would still fit is left out', () => {
  const tree = fc.record({
    nodes: fc.array(fc.record({ parent: fc.nat(5), kw: fc.integer({ min: 5, max: 100 }) }), { minLength: 1, maxLength: 5 }),
    ports: fc.array(fc.record({ node: fc.nat(5), refusesZero: fc.boolean(), priority: fc.nat(3) }), { maxLength: 12 }),
  })
  fc.assert(
    fc.property(tree, ({ nodes, ports }) => {
      const all = nodes.map(
        ({ parent, kw }, i): FallbackNode => ({ id: `n${i}`, parent: i === 0 ? undefined : `n${parent % i}`, firmW: kilowatts(kw) }),
      )
      const placed = ports.map((each, i) => port(`p${i}`, { ...each, node: `n${each.node % all.length}` }))
      const result = chooseFallbacks(all, placed)
      const above = (id?: string): string[] => (id === undefined ? [] : [id, ...above(all.find((n) => n.id === id)!.parent)])
      const under = (node: string) => placed.filter((each) => above(each.node).includes(node))
      const forced = (node: string) => under(node).reduce((sum, { refusesZero, minW }) => sum + (refusesZero ? minW : 0), 0)
      if (result.kind === 'refused') {
        expect(forced(result.node)).toBeGreaterThan(all.find(({ id }) => id === result.node)!.firmW!)
        return
      }
      const sum = (node: string) => under(node).reduce((total, { id }) => total + result.fallbackW[id]!, 0)
      for (const { id, firmW } of all) expect(sum(id)).toBeLessThanOrEqual(Math.max(firmW! * 0.1, forced(id)))
      for (const each of placed.filter(({ id }) => result.fallbackW[id] === 0))
        expect(above(each.node).some((id) => sum(id) + each.minW > all.find((n) => n.id === id)!.firmW! * 0.1)).toBe(true)
    }),
    { seed: 20261123, numRuns: 200 },
  )
})
