import { expect, test } from 'vitest'
import { treeOrder, treeSums } from './site-tree.ts'

const nodes = [
  { id: 'c10', parentId: 'panel', name: 'Circuit 10' },
  { id: 'c2', parentId: 'panel', name: 'Circuit 2' },
  { id: 'panel', parentId: 'service', name: 'Panel A' },
  { id: 'service', parentId: null, name: 'Grid' },
]
const load = (nodeId: string, vehiclesW: number, baseW = 0) => ({ nodeId, vehiclesW, baseW, heldW: 0, plannedW: vehiclesW, charging: 1 })

test('parents stand before children, children by number', () => {
  expect(treeOrder(nodes).map(({ node, depth }) => [node.id, depth])).toEqual([
    ['service', 0],
    ['panel', 1],
    ['c2', 2],
    ['c10', 2],
  ])
})

test('what flows in a circuit flows through everything above it', () => {
  const sums = treeSums(nodes, [load('c2', 7000), load('c10', 3000), load('service', 0, 10_000)])
  expect(sums.get('c2')).toMatchObject({ vehiclesW: 7000, baseW: 0, charging: 1 })
  expect(sums.get('panel')).toMatchObject({ vehiclesW: 10_000, baseW: 0, charging: 2 })
  expect(sums.get('service')).toMatchObject({ vehiclesW: 10_000, baseW: 10_000 })
})

test('a load of a node that is gone, or a ring, is nobody’s and ends', () => {
  const ring = [
    { id: 'a', parentId: 'b', name: 'A' },
    { id: 'b', parentId: 'a', name: 'B' },
  ]
  expect(treeSums(ring, [load('a', 500), load('gone', 900)]).get('b')!.vehiclesW).toBe(500)
})
