import type { Watts } from '#lib/units/units.ts'
import type { NodeId, PortId } from './input.ts'

// The limit a port starts on when nobody tells it more (source: spec "ocpp", The envelope). Every port may start on it at any
// instant, so what is chosen here is never there for others: it is small.

/** `firmW`: what the hardware and the contract carry for hours; none = no limit of its own. `baseLoadW`: upper bound of what is connected here. */
export type FallbackNode = { id: NodeId; parent?: NodeId; firmW?: Watts; baseLoadW?: Watts }
/** `refusesZero`: the model cannot be told to give nothing. */
export type FallbackPort = { id: PortId; node: NodeId; minW: Watts; refusesZero: boolean; priority: number }

export type Fallbacks =
  | { kind: 'chosen'; fallbackW: Record<PortId, Watts> }
  | { kind: 'refused'; node: NodeId; overW: Watts; reason: 'needs a contactor or a load-shed relay' }

/** At most this part of each node's firm capacity is kept for fallbacks that could be 0. */
const FALLBACK_SHARE = 0.1

/**
 * 0 or the model's minimum for each port, higher priority first, as far as `share` of the firm capacity of every node above it allows.
 * Ports that refuse 0 get their minimum in any case; if those alone pass a limit, the tree is refused.
 */
export const chooseFallbacks = (nodes: FallbackNode[], ports: FallbackPort[], share: number = FALLBACK_SHARE): Fallbacks => {
  const path = pathsOf(nodes)
  const kept = new Map<NodeId, number>(nodes.map(({ id }) => [id, 0]))
  const base = new Map<NodeId, number>(nodes.map(({ id }) => [id, 0]))
  for (const { id, baseLoadW } of nodes) for (const above of path(id)) base.set(above, base.get(above)! + (baseLoadW ?? 0))
  const keep = ({ node, minW }: FallbackPort) => {
    for (const id of path(node)) kept.set(id, kept.get(id)! + minW)
  }
  const firm = new Map(nodes.map(({ id, firmW }) => [id, firmW ?? Number.POSITIVE_INFINITY]))
  for (const port of ports) if (port.refusesZero) keep(port)
  for (const { id } of nodes) {
    const overW = kept.get(id)! + base.get(id)! - firm.get(id)!
    // base load alone above the limit is no fault of the fallbacks
    if (kept.get(id)! > 0 && overW > 0)
      return { kind: 'refused', node: id, overW: overW as Watts, reason: 'needs a contactor or a load-shed relay' }
  }
  const chosen = new Set(ports.filter(({ refusesZero }) => refusesZero).map(({ id }) => id))
  for (const port of ports.toSorted((a, b) => b.priority - a.priority)) {
    const fits = (id: NodeId) => kept.get(id)! + port.minW <= Math.min(firm.get(id)! * share, firm.get(id)! - base.get(id)!)
    if (chosen.has(port.id) || !path(port.node).every(fits)) continue
    keep(port)
    chosen.add(port.id)
  }
  return { kind: 'chosen', fallbackW: Object.fromEntries(ports.map(({ id, minW }) => [id, (chosen.has(id) ? minW : 0) as Watts])) }
}

const pathsOf = (nodes: FallbackNode[]) => {
  const parents = new Map(nodes.map(({ id, parent }) => [id, parent]))
  return (start: NodeId): NodeId[] => {
    const path: NodeId[] = []
    for (let at: NodeId | undefined = start; at !== undefined && !path.includes(at); at = parents.get(at)) path.push(at)
    return path
  }
}
