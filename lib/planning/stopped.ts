import type { NodeId, PlanningInput, PlanningPort } from './input.ts'

/** By whose will nothing may charge under a node: "Stop all" of the depot, or this node is locked out. */
export type StopKind = 'stopAll' | 'lockedOut'
/** What stops a port; it ends only when a person lifts or releases it. */
export type Stop = { kind: 'stopAll' } | { kind: 'lockedOut'; node: NodeId }

/** What stops a port of a question: the whole depot, else the nearest node above it that is locked out; undefined: nothing does. */
export const stopsIn = ({ nodes }: Pick<PlanningInput, 'nodes'>): ((port: Pick<PlanningPort, 'node'> | undefined) => Stop | undefined) => {
  if (nodes.every(({ stopped }) => stopped === undefined)) return () => undefined
  const byId = new Map(nodes.map((node) => [node.id, node]))
  return (port) => {
    let nearest: Stop | undefined
    const seen = new Set<NodeId>()
    for (let at = port?.node; at !== undefined && !seen.has(at); at = byId.get(at)?.parent) {
      seen.add(at)
      const stopped = byId.get(at)?.stopped
      if (stopped === 'stopAll') return { kind: 'stopAll' }
      if (stopped === 'lockedOut') nearest ??= { kind: 'lockedOut', node: at }
    }
    return nearest
  }
}
