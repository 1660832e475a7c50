import { type Instant, plus } from '#lib/time/instant.ts'
import type { Phase, Watts } from '#lib/units/units.ts'
import { breakpointsFrom, type Curve, clampTo, constantCurve, highestIn, mapCurve, maxOf, minus, sumOf, valueAt, widen } from './curve.ts'
import type { NodeId, PortId } from './input.ts'
import { ANYWHERE, mostPart, PHASES, type PhaseParts } from './phase-parts.ts'
import type { PortHolding, SentLimit } from './port-holding.ts'

export type { PortHolding, SentLimit } from './port-holding.ts'

// How no cap is ever passed (source: spec "ocpp", The envelope): whatever curve each port may be following,
// the sum stays under every node's limit, now and at every later instant.

/** A node of the tree over time; `baseLoad` is an upper bound of the load we do not control. */
export type EnvelopeNode = {
  id: NodeId
  limit: Curve
  baseLoad: Curve
  /** What each phase conductor carries, and its base load. These curves are in mA. */
  phases?: Record<Phase, { limit: Curve; baseLoad: Curve }> & { toNeutralV: number }
}

/** `skewMs` bounds how wrong any charger's clock may be. */
export type Envelope = { nodes: EnvelopeNode[]; holdings: PortHolding[]; now: Instant; skewMs: number }

export type EnvelopeCheck = { kind: 'within' } | { kind: 'over'; node: NodeId; phase?: Phase; at: Instant; overW: Watts }
export type SendCheck = { kind: 'allowed' } | { kind: 'refused'; node: NodeId; phase?: Phase; at: Instant; overW: Watts }

/** Limits that a port may still be following: not refused, and not replaced by a later one that is accepted and counts. */
const openLimits = (holding: PortHolding, now: Instant): SentLimit[] => {
  const settled = holding.sent.filter((limit) => counts(limit, now)).reduce((last, { sequence }) => Math.max(last, sequence), -1)
  return holding.sent.filter(({ outcome, sequence }) => outcome !== 'refused' && sequence >= settled)
}

/**
 * The set H of one port as a single upper curve: everything it may be following at any instant from `now` on: in W, on a phase in mA.
 */
export const followable = (holding: PortHolding, now: Instant, skewMs: number, phase?: Phase): Curve => {
  const own = holding.parts ?? ANYWHERE
  const on = (parts: PhaseParts, curve: Curve) => (phase === undefined ? curve : times(curve, parts[phase]))
  // nobody knows which of its phases an excess is on
  const excess = Math.ceil(holding.extraW * (phase === undefined ? 1 : mostPart(own, phase)))
  const plusExtra = (curve: Curve) => (excess > 0 ? mapCurve(curve, (w) => (w + excess) as Watts) : curve)
  if (holding.inoperative) return plusExtra(constantCurve(0 as Watts))
  const mostW = Math.max(holding.nameplateW, holding.fallbackW) as Watts
  if (!holding.fallbackConfirmed) return plusExtra(on(own, constantCurve(mostW)))
  // idle, finished or lapsed: any port may start on its fallback at any instant, so it always belongs to the set
  const curves = [
    on(own, constantCurve(holding.fallbackW)),
    ...openLimits(holding, now).map(({ curve, parts }) => on(parts ?? own, clampTo(widen(curve, skewMs), mostW))),
  ]
  return plusExtra(maxOf(curves))
}

const times = (curve: Curve, part: number): Curve =>
  part === 0 ? constantCurve(0 as Watts) : part === 1 ? curve : mapCurve(curve, (w) => Math.ceil(w * part - 1e-6) as Watts)

/** Base load + all that the ports under each node may follow, against its limits; tells the first instant that is over. */
export const checkEnvelope = (envelope: Envelope): EnvelopeCheck =>
  firstOver(envelope.nodes.flatMap(linesOf).flatMap((line) => overAt(line, loadOn(line, envelope), envelope.now))) ?? { kind: 'within' }

/** The nodes that are over at some instant. */
export const nodesOver = (envelope: Envelope): Set<NodeId> => {
  const isOver = (line: Line) => overAt(line, loadOn(line, envelope), envelope.now).length > 0
  return new Set(envelope.nodes.filter((node) => linesOf(node).some(isOver)).map(({ id }) => id))
}

/** When a node is over one of its limits: 1 there, else 0. */
export const overIn = (envelope: Envelope, node: EnvelopeNode): Curve =>
  maxOf(
    linesOf(node).map((line) =>
      mapCurve(minus(loadOn(line, envelope), line.limit), (over) => (over > (line.phase ? ROUNDING_MA : 0) ? 1 : 0) as Watts),
    ),
  )

/**
 * May this port's holding become `after`? Only where that raises what the port may follow must there be room:
 * a cut may always be sent, also while a limit is passed.
 */
export const checkChange = (envelope: Envelope, after: PortHolding): SendCheck => {
  const { now, skewMs } = envelope
  const before = envelope.holdings.find(({ portId }) => portId === after.portId)
  const becoming = withHolding(envelope, after)
  const lines = envelope.nodes.filter(({ id }) => after.nodePath.includes(id)).flatMap(linesOf)
  const over = firstOver(
    lines.flatMap((line) => {
      const was = before ? followable(before, now, skewMs, line.phase) : constantCurve(0 as Watts)
      const becomes = followable(after, now, skewMs, line.phase)
      const rises = (at: Instant) => valueAt(becomes, at) > valueAt(was, at)
      return overAt(line, loadOn(line, becoming), now, rises, [was, becomes])
    }),
  )
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
    return highestIn(curve, start, plus(from, (slot + 1) * slotMs))
  })
}

/** One limit to be kept: a node's power in W, or the current on one of its phases in mA. */
export type Line = { node: NodeId; phase?: Phase; toNeutralV?: number; limit: Curve; baseLoad: Curve }

export const linesOf = ({ id, limit, baseLoad, phases }: EnvelopeNode): Line[] => {
  const whole: Line = { node: id, limit, baseLoad }
  if (!phases) return [whole]
  return [whole, ...PHASES.map((phase) => ({ node: id, phase, toNeutralV: phases.toNeutralV, ...phases[phase] }))]
}

/** Base load plus the upper curves of all ports on a line (but `except`), in its unit. */
export const loadOn = (line: Line, envelope: Envelope, except?: PortId): Curve => {
  const all = sumOnLine(line, envelope)
  const holding = except === undefined ? undefined : envelope.holdings.find(({ portId }) => portId === except)
  const own = holding && curveOn(line, holding, envelope)
  return sumOf([line.baseLoad, own ? minus(all, own) : all])
}

/** The envelope with one port's holding in place of what it was; a port that is not in it yet is added. */
export const withHolding = (envelope: Envelope, after: PortHolding): Envelope => {
  const was = envelope.holdings.find(({ portId }) => portId === after.portId)
  const holdings = was ? envelope.holdings.map((each) => (each === was ? after : each)) : [...envelope.holdings, after]
  cameFrom.set(holdings, { holdings: envelope.holdings, was, becomes: after })
  return { ...envelope, holdings }
}

// a pass over a large depot changes one port after the other and asks for the sums again each time: they follow from those before
type Sums = { now: Instant; skewMs: number; lines: Map<string, Curve> }
const sums = new WeakMap<PortHolding[], Sums>()
const cameFrom = new WeakMap<PortHolding[], { holdings: PortHolding[]; was: PortHolding | undefined; becomes: PortHolding }>()

const sumOnLine = (line: Line, envelope: Envelope): Curve => {
  const { holdings, now, skewMs } = envelope
  const here = (of: PortHolding[]) => {
    const known = sums.get(of)
    return known && known.now === now && known.skewMs === skewMs ? known : undefined
  }
  const mine = here(holdings) ?? { now, skewMs, lines: new Map<string, Curve>() }
  sums.set(holdings, mine)
  const name = `${line.phase ?? ''} ${line.node}`
  const known = mine.lines.get(name)
  if (known) return known
  const before = cameFrom.get(holdings)
  const sumBefore = before && here(before.holdings)?.lines.get(name)
  const sum = sumBefore
    ? changed(sumBefore, before.was && curveOn(line, before.was, envelope), curveOn(line, before.becomes, envelope))
    : sumOf(holdings.flatMap((holding) => curveOn(line, holding, envelope) ?? []))
  mine.lines.set(name, sum)
  return sum
}

const changed = (sum: Curve, was: Curve | undefined, becomes: Curve | undefined): Curve =>
  was === becomes ? sum : sumOf([was ? minus(sum, was) : sum, ...(becomes ? [becomes] : [])])

/** What a port may follow on a line; undefined: it is not under that node. */
const curveOn = ({ node, phase }: Line, holding: PortHolding, { now, skewMs }: Envelope): Curve | undefined =>
  holding.nodePath.includes(node) ? remembered(holding, now, skewMs, phase) : undefined

// a pass over a depot asks for all ports' curves once for each of its ports; a holding that changes is a new one
const followed = new WeakMap<PortHolding, { now: Instant; skewMs: number; curves: Map<Phase | undefined, Curve> }>()

const remembered = (holding: PortHolding, now: Instant, skewMs: number, phase: Phase | undefined): Curve => {
  const known = followed.get(holding)
  const curves = known && known.now === now && known.skewMs === skewMs ? known.curves : new Map<Phase | undefined, Curve>()
  if (curves !== known?.curves) followed.set(holding, { now, skewMs, curves })
  const curve = curves.get(phase) ?? followable(holding, now, skewMs, phase)
  curves.set(phase, curve)
  return curve
}

type Over = { kind: 'over'; node: NodeId; phase?: Phase; at: Instant; overW: Watts }

const overAt = (
  { node, phase, toNeutralV, limit }: Line,
  load: Curve,
  now: Instant,
  where: (at: Instant) => boolean = () => true,
  also: Curve[] = [],
): Over[] => {
  const at = breakpointsFrom(now, [load, limit, ...also]).find(
    (t) => valueAt(load, t) > valueAt(limit, t) + (phase ? ROUNDING_MA : 0) && where(t),
  )
  if (at === undefined) return []
  const over = valueAt(load, at) - valueAt(limit, at)
  return [{ kind: 'over', node, ...(phase ? { phase } : {}), at, overW: Math.ceil(over * (phase ? toNeutralV! / 1000 : 1)) as Watts }]
}

/** Set points are whole amperes and their powers whole watts, which differ by a few mA. */
export const ROUNDING_MA = 5

const firstOver = (over: Over[]): Over | undefined => over.toSorted((a, b) => a.at - b.at || b.overW - a.overW)[0]

const counts = ({ outcome, countsAt }: SentLimit, now: Instant): boolean =>
  outcome === 'accepted' && countsAt !== undefined && countsAt <= now
