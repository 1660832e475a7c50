/** Something under a node that uses its capacity. */
export type TreeLoad = { nodeId: string; baseW: number; vehiclesW: number; heldW: number; plannedW: number; charging: number }
export type TreeSums = Omit<TreeLoad, 'nodeId'>

type Limb = { id: string; parentId: string | null; name: string }

/** Parents before their children, children by name, each with its depth. Nodes whose parent is gone stand at the root. */
export function treeOrder<Node extends Limb>(nodes: readonly Node[]): { node: Node; depth: number }[] {
  const ids = new Set(nodes.map(({ id }) => id))
  const byParent = Map.groupBy(nodes, ({ parentId }) => (parentId !== null && ids.has(parentId) ? parentId : null))
  const below = (parent: string | null, depth: number): { node: Node; depth: number }[] =>
    (byParent.get(parent) ?? [])
      .toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
      .flatMap((node) => [{ node, depth }, ...below(node.id, depth + 1)])
  return below(null, 0)
}

/** What each node carries: its own loads and all below it. */
export function treeSums(nodes: readonly Limb[], loads: readonly TreeLoad[]): Map<string, TreeSums> {
  const parents = new Map(nodes.map(({ id, parentId }) => [id, parentId]))
  const sums = new Map(nodes.map(({ id }) => [id, { baseW: 0, vehiclesW: 0, heldW: 0, plannedW: 0, charging: 0 }]))
  for (const { nodeId, ...load } of loads) {
    const seen = new Set<string>()
    for (let at: string | null = nodeId; at !== null && !seen.has(at); at = parents.get(at) ?? null) {
      seen.add(at)
      const sum = sums.get(at)
      if (!sum) continue
      sum.baseW += load.baseW
      sum.vehiclesW += load.vehiclesW
      sum.heldW += load.heldW
      sum.plannedW += load.plannedW
      sum.charging += load.charging
    }
  }
  return sums
}
