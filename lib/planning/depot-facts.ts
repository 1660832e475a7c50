import type { Instant } from '#lib/time/instant.ts'
import type { Milliamps, Phase, Watts, Wiring } from '#lib/units/units.ts'
import { type Curve, constantCurve, curveOf, sumOf } from './curve.ts'
import type { Envelope, EnvelopeNode } from './envelope.ts'
import type { NodeId, PortId } from './input.ts'
import { isImplied, loadsOf, phasesOf } from './phase-limits.ts'
import { type PhaseParts, partsOn } from './phase-parts.ts'
import type { PortHolding, SentLimit } from './port-holding.ts'
import { pointsOn, type SetPoints } from './set-point.ts'
import type { StopKind } from './stopped.ts'

// What steering and planning know of a depot, as plain data; server/planning/facts.ts reads it.

/** A node of the site tree; a charger is a node too. No limit of its own: undefined. */
export type FactNode = {
  id: NodeId
  parent?: NodeId
  name: string
  limitW: Watts | undefined
  /** Set while hours are ahead in which it may carry less: the limit over time. */
  limit?: Curve
  /** What each of its phases carries for hours. Undefined: it has no such limit, or it is not kept, for the lines of ports below are not known. */
  limitMa?: Milliamps
  /** Upper bound of the load we do not control. */
  baseLoad: Curve
  /** What its meter told of a phase above a third of the whole. */
  unevenMa?: Record<Phase, Milliamps>
  volts: number
  wiring: Wiring
  phases?: 1 | 2 | 3
  /** "Stop all" or locked out: nothing under it may charge. */
  stopped: boolean
  /** Which of both, where plans tell of it. */
  stoppedBy?: StopKind
}

/** Sends since the last accepted one that brought no acceptance. */
export type Attempts = { failures: number; lastSentAt: Instant | undefined }

export type FactPort = {
  id: PortId
  chargerId: string
  number: number
  /** Its node: the charger. */
  node: NodeId
  /** `maxW` is its nameplate. */
  points: SetPoints
  /** The most it may be given: its nameplate, or the limit that a person put on it. */
  mostW: Watts
  /** Conductors of the site that its own first, second and third are connected to; not known: in this order, and `linesKnown` is false. */
  phases: Phase[]
  linesKnown?: boolean
  /** Phases that the vehicle of its open session uses, where these are fewer than the port's. */
  usedPhases?: 1 | 2 | 3
  maxPeriods: number
  online: boolean
  /** The charger has spoken to us at least once: before that it is not known to be there. */
  known: boolean
  bootedAt: Instant | undefined
  fallbackW: Watts
  fallbackConfirmedAt: Instant | undefined
  /** It took a fallback that nobody had known, and may not follow it before this moment: until then its nameplate counts. */
  fallbackCountsAt?: Instant
  /** What its fallback should be. */
  wantedFallbackW: Watts
  /** Takes no limit of 0. */
  refusesZero: boolean
  /** Was seen to accept limits and draw what it likes: nothing that it accepted counts, its nameplate does. */
  ignoresLimits?: boolean
  /** New firmware is on its way into it, which may forget every limit at any moment: its nameplate counts until that is over. */
  mayForget?: boolean
  /** Fallbacks sent that it may still hold. */
  fallbacks: SentLimit[]
  inoperative: boolean
  heldReason: string | null
  extraW: Watts
  /** Open sessions, newest first. */
  sessions: number[]
  /** Session limits that it may still follow, oldest first. */
  limits: (SentLimit & { sessionId: number })[]
  wanted: { curve: Curve; planId: string | null } | undefined
  fallbackTries: Attempts
  limitTries: Attempts
  /** Limits sent to its charger within a day, outside safety. */
  writesToday: number
  /** A call to it is under way. */
  inFlight: boolean
  /** A command waits for its new limit. */
  asked: boolean
  stopped: boolean
}

export type DepotFacts = { now: Instant; skewMs: number; nodes: FactNode[]; ports: FactPort[] }

/** From a port's node up to the root. */
export const pathOf = (nodes: { id: NodeId; parent?: NodeId }[], start: NodeId): NodeId[] => pathsIn(nodes)(start)

/** The same for many nodes of one tree. */
export const pathsIn = (nodes: { id: NodeId; parent?: NodeId }[]): ((start: NodeId) => NodeId[]) => {
  const parents = new Map(nodes.map(({ id, parent }) => [id, parent]))
  return (start) => {
    const path: NodeId[] = []
    for (let at: NodeId | undefined = start; at !== undefined && !path.includes(at); at = parents.get(at)) path.push(at)
    return path
  }
}

/** The set points of the port for the vehicle that charges at it, and where they count on the phases (none: as the whole port). */
export const inUse = ({ points, usedPhases, phases, linesKnown }: FactPort): { points: SetPoints; parts?: PhaseParts } => {
  if (usedPhases === undefined || usedPhases >= points.circuit.phases) return { points }
  const used = pointsOn(points, usedPhases)
  return { points: used, parts: partsOn(linesKnown === false ? undefined : phases, used.circuit) }
}

/** All that a port may be following. */
export const holdingOf = (port: FactPort, nodePath: NodeId[], now: Instant): PortHolding => ({
  portId: port.id,
  nodePath,
  parts: partsOn(port.linesKnown === false ? undefined : port.phases, port.points.circuit),
  nameplateW: port.points.maxW,
  fallbackConfirmed:
    port.fallbackConfirmedAt !== undefined && (port.fallbackCountsAt ?? 0) <= now && !port.ignoresLimits && !port.mayForget,
  fallbackW: Math.max(port.fallbackW, ...port.fallbacks.map(({ curve }) => curve.beforeW)) as Watts,
  // a session that goes on is not ended by "inoperative"
  inoperative: port.inoperative && port.sessions.length === 0,
  sent: port.limits,
  extraW: port.extraW,
})

/** The depot's envelope: every port of a known charger with all that it may be following. Nodes without a limit set none. */
export const envelopeOf = ({ now, skewMs, nodes, ports }: DepotFacts): Envelope => {
  const pathTo = pathsIn(nodes)
  const holdings = ports.filter(({ known }) => known).map((port) => holdingOf(port, pathTo(port.node), now))
  const loads = loadsOf(nodes)
  const byId = new Map(ports.map((port) => [port.id, port]))
  return {
    now,
    skewMs,
    nodes: nodes.flatMap((node): EnvelopeNode[] => {
      const limit = node.limit ?? (node.limitW === undefined ? undefined : constantCurve(node.limitW))
      if (!limit) return []
      const whole = { id: node.id, limit, baseLoad: sumOf(loads(node.id).map(({ baseLoad }) => baseLoad)) }
      if (node.limitMa === undefined) return [whole]
      const phases = phasesOf(node, node.limitMa, loads(node.id))
      const under = holdings.filter(({ nodePath }) => nodePath.includes(node.id))
      // also what this pass may send: a vehicle on fewer phases than its port has is given the same power on those
      const used = under.flatMap(({ portId }) => inUse(byId.get(portId)!).parts ?? [])
      return isImplied(whole, phases, { under, used }) ? [whole] : [{ ...whole, phases }]
    }),
    holdings,
  }
}

/** Only the nodes above one port: checks for that port need no others. */
export const envelopeAbove = (envelope: Envelope, portId: PortId): Envelope => {
  const path = envelope.holdings.find((holding) => holding.portId === portId)?.nodePath ?? []
  return { ...envelope, nodes: envelope.nodes.filter(({ id }) => path.includes(id)) }
}

export const ZERO: Curve = constantCurve(0 as Watts)

/** Steps as stored: the first one holds since ever. */
export const curveFromSteps = (steps: { from: Instant; limitW: Watts }[]): Curve =>
  steps.length === 0 ? ZERO : curveOf(steps[0]!.limitW, steps.slice(1))

/** A curve as stored and sent: absolute steps, the first one in the past, the last one open-ended. */
export const stepsOf = (curve: Curve, since: Instant): { from: Instant; limitW: Watts }[] => {
  const past = curve.steps.filter(({ from }) => from <= since)
  const limitW = past.at(-1)?.limitW ?? curve.beforeW
  return [{ from: past.at(-1)?.from ?? since, limitW }, ...curve.steps.filter(({ from }) => from > since)]
}
