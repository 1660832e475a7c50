import { type TreeLoad, treeSums } from './site-tree.ts'

/** What meters of one kind may be wrong by: so much over a cap says nothing. */
const noiseW = (capW: number): number => Math.max(capW * 0.01, 250)

export type CappedNode = { id: string; parentId: string | null; name: string; capW: number | undefined }
export type OverCap = { nodeId: string; name: string; capW: number; overW: number; baseW: number; vehiclesW: number }

/** Nodes that carry more than their cap now, by what is measured; the site before what is under it as long as `nodes` are. */
export const overCaps = (nodes: CappedNode[], loads: TreeLoad[]): OverCap[] => {
  const sums = treeSums(nodes, loads)
  return nodes.flatMap(({ id, name, capW }) => {
    const { baseW, vehiclesW } = sums.get(id)!
    const overW = baseW + vehiclesW - (capW ?? Number.POSITIVE_INFINITY)
    return capW !== undefined && overW > noiseW(capW) ? [{ nodeId: id, name, capW, overW, baseW, vehiclesW }] : []
  })
}
