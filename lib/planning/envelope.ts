import type { Instant } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'
import { breakpointsFrom, type Curve, clampTo, constantCurve, mapCurve, maxOf, sumOf, valueAt, widen } from './curve.ts'
import type { NodeId, PortId } from './input.ts'
import type { PortHolding, SentLimit } from './port-holding.ts'

export type { PortHolding, SentLimit } from './port-holding.ts'

// How no cap is ever passed (source: spec "ocpp", The envelope): whatever curve each port may be following,
// the sum stays under every node's limit, now and at every later instant.

/** A node of the tree over time; `baseLoad` is an upper bound of the load we do not control. */
export type EnvelopeNode = { id: NodeId; limit: Curve; baseLoad: Curve }

/** `skewMs` bounds how wrong any charger's clock may be. */
export type Envelope = { nodes: EnvelopeNode[]; holdings: PortHolding[]; now: Instant; skewMs: number }

export type EnvelopeCheck = { kind: 'within' } | { kind: 'over'; node: NodeId; at: Instant; overW: Watts }
export type SendCheck = { kind: 'allowed' } | { kind: 'refused'; node: NodeId; at: Instant; overW: Watts }

/** Limits that a port may still be following: not refused, and not replaced by a later one that is accepted and counts. */
export const openLimits = (holding: PortHolding, now: Instant): SentLimit[] => {
  const settled = holding.sent.filter((limit) => counts(limit, now)).reduce((last, { sequence }) => Math.max(last, sequence), -1)
  return holding.sent.filter(({ outcome, sequence }) => outcome !== 'refused' && sequence >= settled)
}

/** The set H of one port as a single upper curve, in W: everything it may be following at any instant from `now` on. */
export const followable = (holding: PortHolding, now: Instant, skewMs: number): Curve => {
  const plusExtra = (curve: Curve) => (holding.extraW > 0 ? mapCurve(curve, (w) => (w + holding.extraW) as Watts) : curve)
  if (holding.inoperative) return plusExtra(constantCurve(0 as Watts))
  if (!holding.fallbackConfirmed) return plusExtra(constantCurve(Math.max(holding.nameplateW, holding.fallbackW) as Watts))
  // idle, finished or lapsed: any port may start on its fallback at any instant, so it always belongs to the set
  const curves = [constantCurve(holding.fallbackW), ...openLimits(holding, now).map(({ curve }) => widen(curve, skewMs))]
  return plusExtra(clampTo(maxOf(curves), Math.max(holding.nameplateW, holding.fallbackW) as Watts))
}

/** Base load + all that the ports under each node may follow, against its limit; tells the first instant that is over. */
export const checkEnvelope = (envelope: Envelope): EnvelopeCheck => {
  const loads = loadByNode(envelope, followableByPort(envelope))
  const over = envelope.nodes.flatMap((node) => {
    const load = loads.get(node.id)!
    const at = breakpointsFrom(envelope.now, [load, node.limit]).find((t) => valueAt(load, t) > valueAt(node.limit, t))
    return at === undefined ? [] : [{ node: node.id, at, overW: (valueAt(load, at) - valueAt(node.limit, at)) as Watts }]
  })
  return firstOver(over) ?? { kind: 'within' }
}

/**
 * May this port's holding become `after`? Only where that raises what the port may follow must there be room:
 * a cut may always be sent, also while a limit is passed.
 */
export const checkChange = (envelope: Envelope, after: PortHolding): SendCheck => {
  const { now, skewMs } = envelope
  const before = envelope.holdings.find(({ portId }) => portId === after.portId)
  const was = before ? followable(before, now, skewMs) : constantCurve(0 as Watts)
  const becomes = followable(after, now, skewMs)
  const holdings = [...envelope.holdings.filter(({ portId }) => portId !== after.portId), after]
  const loads = loadByNode({ ...envelope, holdings }, followableByPort({ ...envelope, holdings }))
  const over = envelope.nodes
    .filter(({ id }) => after.nodePath.includes(id))
    .flatMap((node) => {
      const load = loads.get(node.id)!
      const at = breakpointsFrom(now, [load, node.limit, was, becomes]).find(
        (t) => valueAt(becomes, t) > valueAt(was, t) && valueAt(load, t) > valueAt(node.limit, t),
      )
      return at === undefined ? [] : [{ node: node.id, at, overW: (valueAt(load, at) - valueAt(node.limit, at)) as Watts }]
    })
  const first = firstOver(over)
  return first?.kind === 'over' ? { ...first, kind: 'refused' } : { kind: 'allowed' }
}

/**
 * What the planner must count for this port in each slot, in W. A port we can reach will take a new plan, so only what no plan
 * can take away is reserved (fallback, excess; the nameplate until the fallback is confirmed). An unreachable one keeps all it may follow.
 */
export const reservedW = (
  holding: PortHolding,
  {
    now,
    from,
    slotMs,
    slots,
    skewMs,
    reachable,
  }: { now: Instant; from: Instant; slotMs: number; slots: number; skewMs: number; reachable: boolean },
): Watts[] => {
  const curve = followable(reachable ? { ...holding, sent: [] } : holding, now, skewMs)
  return Array.from({ length: slots }, (_, slot) => {
    const start = Math.max(now, from + slot * slotMs) as Instant
    return breakpointsFrom(start, [curve])
      .filter((at) => at === start || at < from + (slot + 1) * slotMs)
      .reduce((most, at) => Math.max(most, valueAt(curve, at)), 0) as Watts
  })
}

/** The port's upper curve H, by port. */
export const followableByPort = ({ holdings, now, skewMs }: Envelope): Map<PortId, Curve> =>
  new Map(holdings.map((holding) => [holding.portId, followable(holding, now, skewMs)]))

/** Base load plus the upper curves of all ports under a node (but `except`), by node. */
export const loadByNode = ({ nodes, holdings }: Envelope, upper: Map<PortId, Curve>, except?: PortId): Map<NodeId, Curve> =>
  new Map(
    nodes.map(({ id, baseLoad }) => {
      const under = holdings.filter(({ portId, nodePath }) => portId !== except && nodePath.includes(id))
      return [id, sumOf([baseLoad, ...under.map(({ portId }) => upper.get(portId)!)])]
    }),
  )

const counts = ({ outcome, countsAt }: SentLimit, now: Instant): boolean =>
  outcome === 'accepted' && countsAt !== undefined && countsAt <= now

const firstOver = (over: { node: NodeId; at: Instant; overW: Watts }[]): EnvelopeCheck | undefined => {
  const first = over.toSorted((a, b) => a.at - b.at || b.overW - a.overW)[0]
  return first && { kind: 'over', ...first }
}
