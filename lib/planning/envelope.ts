import type { Instant } from '#lib/time/instant.ts'
import type { Phase, Watts } from '#lib/units/units.ts'
import { breakpointsFrom, type Curve, clampTo, constantCurve, mapCurve, maxOf, sumOf, valueAt, widen } from './curve.ts'
import type { NodeId, PortId } from './input.ts'
import type { PortHolding, SentLimit } from './port-holding.ts'

export type { PortHolding, SentLimit } from './port-holding.ts'

// How no cap is ever passed (source: spec "ocpp", The envelope): whatever curve each port may be following,
// the sum stays under every node's limit, now and at every later instant.

/** A node of the tree over time; `baseLoad` is an upper bound of the load we do not control. */
export type EnvelopeNode = {
  id: NodeId
  limit: Curve
  baseLoad: Curve
  /** What each phase conductor carries, as its current × line-to-neutral voltage, W (`firmPhaseW`). Base load is taken as balanced. */
  phaseLimit?: Record<Phase, Curve>
}

/** `skewMs` bounds how wrong any charger's clock may be. */
export type Envelope = { nodes: EnvelopeNode[]; holdings: PortHolding[]; now: Instant; skewMs: number }

export type EnvelopeCheck = { kind: 'within' } | { kind: 'over'; node: NodeId; phase?: Phase; at: Instant; overW: Watts }
export type SendCheck = { kind: 'allowed' } | { kind: 'refused'; node: NodeId; phase?: Phase; at: Instant; overW: Watts }

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

/** Base load + all that the ports under each node may follow, against its limits; tells the first instant that is over. */
export const checkEnvelope = (envelope: Envelope): EnvelopeCheck => {
  const upper = followableByPort(envelope)
  const lines = envelope.nodes.flatMap(linesOf)
  return firstOver(lines.flatMap((line) => overAt(line, loadOn(line, envelope.holdings, upper), envelope.now))) ?? { kind: 'within' }
}

/** The nodes that are over at some instant. */
export const nodesOver = (envelope: Envelope): Set<NodeId> => {
  const upper = followableByPort(envelope)
  const isOver = (line: Line) => overAt(line, loadOn(line, envelope.holdings, upper), envelope.now).length > 0
  return new Set(envelope.nodes.filter((node) => linesOf(node).some(isOver)).map(({ id }) => id))
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
  const upper = followableByPort({ ...envelope, holdings })
  const lines = envelope.nodes.filter(({ id }) => after.nodePath.includes(id)).flatMap(linesOf)
  const rises = (at: Instant) => valueAt(becomes, at) > valueAt(was, at)
  const over = firstOver(lines.flatMap((line) => overAt(line, loadOn(line, holdings, upper), now, rises, [was, becomes])))
  return over ? { ...over, kind: 'refused' } : { kind: 'allowed' }
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
  new Map(
    holdings.map((holding) => {
      const known = followed.get(holding)
      if (known && known.now === now && known.skewMs === skewMs) return [holding.portId, known.curve]
      const curve = followable(holding, now, skewMs)
      followed.set(holding, { now, skewMs, curve })
      return [holding.portId, curve]
    }),
  )

// a pass over a depot asks for all ports' curves once for each of its ports; a holding that changes is a new one
const followed = new WeakMap<PortHolding, { now: Instant; skewMs: number; curve: Curve }>()

/** One limit to be kept: a node's power, or one of its phases; `part` is how much of a port's power counts there. */
export type Line = { node: NodeId; phase?: Phase; limit: Curve; baseLoad: Curve; part: (holding: PortHolding) => number }

export const linesOf = ({ id, limit, baseLoad, phaseLimit }: EnvelopeNode): Line[] => {
  const under = ({ nodePath }: PortHolding) => (nodePath.includes(id) ? 1 : 0)
  const whole: Line = { node: id, limit, baseLoad, part: under }
  if (!phaseLimit) return [whole]
  const third = mapCurve(baseLoad, (w) => Math.ceil(w / 3) as Watts)
  const phases = (['l1', 'l2', 'l3'] as const).map((phase) => ({
    node: id,
    phase,
    limit: phaseLimit[phase],
    baseLoad: third,
    part: (holding: PortHolding) => under(holding) * partOnPhase(holding.phases, phase),
  }))
  return [whole, ...phases]
}

/** Base load plus the upper curves of all ports on a line (but `except`), W. */
export const loadOn = ({ baseLoad, part }: Line, holdings: PortHolding[], upper: Map<PortId, Curve>, except?: PortId): Curve =>
  sumOf([
    baseLoad,
    ...holdings.flatMap((holding) => {
      const counted = holding.portId === except ? 0 : part(holding)
      if (counted === 0) return []
      const curve = upper.get(holding.portId)!
      return [counted === 1 ? curve : mapCurve(curve, (w) => Math.ceil(w * counted) as Watts)]
    }),
  ])

// current × line-to-neutral voltage per watt of the port: a load between two lines draws 1/√3 of its power on both of them;
// phases that are not known count whole on each
const partOnPhase = (phases: Phase[] | undefined, phase: Phase): number => {
  if (!phases) return 1
  if (!phases.includes(phase)) return 0
  return phases.length === 3 ? 1 / 3 : phases.length === 2 ? 1 / Math.sqrt(3) : 1
}

type Over = { kind: 'over'; node: NodeId; phase?: Phase; at: Instant; overW: Watts }

const overAt = (
  { node, phase, limit }: Line,
  load: Curve,
  now: Instant,
  where: (at: Instant) => boolean = () => true,
  also: Curve[] = [],
): Over[] => {
  const at = breakpointsFrom(now, [load, limit, ...also]).find((t) => valueAt(load, t) > valueAt(limit, t) && where(t))
  if (at === undefined) return []
  return [{ kind: 'over', node, ...(phase ? { phase } : {}), at, overW: (valueAt(load, at) - valueAt(limit, at)) as Watts }]
}

const firstOver = (over: Over[]): Over | undefined => over.toSorted((a, b) => a.at - b.at || b.overW - a.overW)[0]

const counts = ({ outcome, countsAt }: SentLimit, now: Instant): boolean =>
  outcome === 'accepted' && countsAt !== undefined && countsAt <= now
