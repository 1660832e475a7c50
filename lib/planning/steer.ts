import { type Instant, minutes } from '#lib/time/instant.ts'
import { type Milliamps, powerAt, type Watts } from '#lib/units/units.ts'
import { breakpointsFrom, type Curve, maxOf, valueAt, widen } from './curve.ts'
import { type DepotFacts, envelopeAbove, envelopeOf, type FactPort, inUse } from './depot-facts.ts'
import { difference, exactly, rises, same } from './differs.ts'
import { checkChange, checkEnvelope, type Envelope, followable, nodesOver, overIn, withHolding } from './envelope.ts'
import { clampToRoom, ownRoom, roomFor } from './envelope-room.ts'
import { HELD_FOR_SAFETY } from './held.ts'
import type { NodeId, PortId } from './input.ts'
import { type PortHolding, withSent } from './port-holding.ts'
import { withPeriodsAtMost } from './profile.ts'
import { counted, wantedWithin } from './wanted.ts'
import { acknowledged, backsOff, type Waiting, whyWait } from './writes.ts'

// What to send next so that chargers follow what is wanted (source: spec "ocpp", The envelope; design "Steered by reconciliation").
// Pure: facts in, actions out. Restart, reboot, refusal, new plan: the same path.

export type SteerAction =
  | { kind: 'fallback'; portId: PortId; limitW: Watts }
  /** `phases`: of the port's, for a vehicle that uses fewer. */
  | { kind: 'limit'; portId: PortId; sessionId: number; curve: Curve; phases?: 1 | 2 | 3; safety: boolean; planId: string | null }
  /** Out of use until its fallback is confirmed. */
  | { kind: 'hold'; portId: PortId }
  | { kind: 'release'; portId: PortId }

/** `envelope`: with all that the actions send. */
export type Steering = { actions: SteerAction[]; waiting: Map<PortId, Waiting>; overCap: boolean; envelope: Envelope }

/** A change under two amperes is not worth a write. */
const DEADBAND_MA = 2000 as Milliamps
/** A limit that would be passed later than this is put right in the ordinary way. */
const SAFETY_MS = minutes(30)
const LATER = Number.POSITIVE_INFINITY

/** Decides what leaves now. The caller writes it down (all of it, in the transaction that read the facts) and then sends it. */
export const steer = (facts: DepotFacts): Steering => {
  const desk = { facts, envelope: envelopeOf(facts), actions: [] as SteerAction[], waiting: new Map<PortId, Waiting>() }
  fallbacksFirst(desk)
  holdUnconfirmed(desk)
  limits(desk)
  const { actions, waiting, envelope } = desk
  return { actions, waiting, envelope, overCap: checkEnvelope(envelope).kind === 'over' }
}

type Desk = { facts: DepotFacts; envelope: Envelope; actions: SteerAction[]; waiting: Map<PortId, Waiting> }

function fallbacksFirst(desk: Desk): void {
  const { now } = desk.facts
  for (const port of desk.facts.ports) {
    const { fallbackConfirmedAt: confirmed, bootedAt, wantedFallbackW, fallbackW } = port
    const due = confirmed === undefined || wantedFallbackW !== fallbackW || (bootedAt !== undefined && confirmed < bootedAt)
    if (!due || !port.known) continue
    if (!port.online) desk.waiting.set(port.id, 'offline')
    else if (port.inFlight) desk.waiting.set(port.id, 'inFlight')
    else if (backsOff(port.fallbackTries, now)) desk.waiting.set(port.id, 'backOff')
    else {
      const holding = holdingIn(desk, port)
      const after = { ...holding, fallbackW: Math.max(holding.fallbackW, wantedFallbackW) as Watts }
      if (checkChange(envelopeAbove(desk.envelope, port.id), after).kind === 'refused') continue
      replace(desk, after)
      desk.actions.push({ kind: 'fallback', portId: port.id, limitW: wantedFallbackW })
    }
  }
}

function holdUnconfirmed(desk: Desk): void {
  const over = nodesOver(desk.envelope)
  for (const port of desk.facts.ports) {
    const holding = desk.envelope.holdings.find(({ portId }) => portId === port.id)
    if (!holding || !port.online || port.inFlight) continue
    const confirmed = port.fallbackConfirmedAt !== undefined
    // released where there is room for all that it may give; for one that ignores its limits that is its nameplate
    if (port.heldReason === HELD_FOR_SAFETY && confirmed && !port.stopped) {
      const after = { ...holding, inoperative: false }
      if (checkChange(envelopeAbove(desk.envelope, port.id), after).kind === 'refused') continue
      replace(desk, after)
      desk.actions.push({ kind: 'release', portId: port.id })
    }
    // a charger that takes its fallback at once needs no alarm: held when the first attempt has failed
    const failed = port.ignoresLimits || (!confirmed && port.fallbackTries.failures > 0)
    const busy = desk.actions.some(({ portId }) => portId === port.id)
    if (failed && !busy && !port.inoperative && holding.nodePath.some((id) => over.has(id)))
      desk.actions.push({ kind: 'hold', portId: port.id })
  }
}

/** `urgent`: a limit would be passed some time without it; `safety`: soon. */
type Due = { port: FactPort; target: Curve; safety: boolean; urgent: boolean; cut: boolean }

function limits(desk: Desk): void {
  const { now, skewMs } = desk.facts
  const due: Due[] = []
  const mayFollow: Due[] = []
  const broken = brokenNodes(desk)
  for (const [id, whole] of wantedWithin(desk.facts, desk.envelope)) {
    const port = desk.facts.ports.find((each) => each.id === id)!
    const holding = holdingIn(desk, port)
    const target = withPeriodsAtMost(whole, now, port.maxPeriods)
    const own = followable(holding, now, skewMs)
    const has = acknowledged(port)
    const [may, becomes] = [has ? widen(has, skewMs) : own, widen(target, skewMs)]
    // needed now, for a limit would be passed: not the cut that makes room for somebody else, nor one that a limit which cannot be kept has no use of
    const mends = (before: number) => holding.nodePath.some((node) => lowersWhere(broken.get(node), may, becomes, now, before))
    const safety = port.stopped || mends(now + SAFETY_MS)
    const urgent = mends(LATER)
    const exact = has === undefined ? 'now' : exactly(has, target, now, skewMs)
    const differs =
      has === undefined
        ? 'now'
        : safety || urgent || port.asked
          ? exact
          : difference(has, target, now, { skewMs, deadbandW: deadbandOf(port) })
    const each = { port, target, safety, urgent, cut: !rises(own, target, now) }
    const waits = differs === 'none' ? undefined : whyWait(port, urgent ? 'now' : differs, { safety, urgent }, now)
    if (differs !== 'none' && !waits) due.push(each)
    else if (exact !== 'none' && each.cut && whyWait(port, 'now', { safety, urgent }, now) === undefined) mayFollow.push(each)
    if (waits) desk.waiting.set(port.id, waits)
  }
  const raises = due.filter(({ cut }) => !cut)
  const cuts = due.filter(({ cut }) => cut)
  // a raise that an out-of-date limit of another port stands in the way of takes that one along
  const alone = afterSettling(desk, cuts)
  const blocked = raises.filter(({ port, target }) => !same(fitting(desk, alone, port, target), target, now))
  for (const each of mayFollow) {
    const shared = (port: FactPort) => holdingIn(desk, port).nodePath.some((node) => holdingIn(desk, each.port).nodePath.includes(node))
    if (!blocked.some(({ port }) => shared(port))) continue
    desk.waiting.delete(each.port.id)
    cuts.push(each)
  }
  // what is cut now leaves before what is only raised, whatever it is raised to later: the others' raises wait for it
  const lowersNow = ({ port, target }: Due) =>
    valueAt(acknowledged(port) ?? followable(holdingIn(desk, port), now, skewMs), now) > valueAt(target, now)
  let settled = afterSettling(desk, cuts)
  for (const { port, target, safety, urgent, cut } of [...cuts, ...raises.filter(lowersNow), ...raises.filter((due) => !lowersNow(due))]) {
    const holding = holdingIn(desk, port)
    const own = followable(holding, now, skewMs)
    const allowed = fitting(desk, desk.envelope, port, target)
    const has = acknowledged(port)
    if (!same(allowed, target, now)) {
      const cutNow = has === undefined ? valueAt(own, now) > valueAt(allowed, now) : valueAt(has, now) > valueAt(allowed, now)
      if (!cutNow && !same(allowed, fitting(desk, settled, port, target), now)) {
        desk.waiting.set(port.id, 'settling')
        continue
      }
      // what puts a limit right may be as short as the clocks' skew
      const gained =
        has === undefined || safety
          ? 'now'
          : urgent
            ? exactly(has, allowed, now, skewMs)
            : difference(has, allowed, now, { skewMs, deadbandW: deadbandOf(port) })
      if (gained === 'none') continue
    }
    const { points, parts } = inUse(port)
    const after = withSent(holding, Number.MAX_SAFE_INTEGER, allowed, now, parts)
    if (checkChange(envelopeAbove(desk.envelope, port.id), after).kind === 'refused') {
      desk.waiting.set(port.id, 'settling')
      continue
    }
    const makesRoom = cut || valueAt(own, now) > valueAt(allowed, now)
    settled = withHolding(settled, settledHolding(desk.facts, port, after, makesRoom ? allowed : undefined))
    replace(desk, after)
    desk.actions.push({
      kind: 'limit',
      portId: port.id,
      sessionId: port.sessions[0]!,
      curve: allowed,
      ...(parts ? { phases: points.circuit.phases } : {}),
      safety,
      planId: port.wanted?.planId ?? null,
    })
  }
}

/** The wanted curve lowered into the room that `envelope` leaves the port (or to what it may follow anyway), in the periods it holds. */
const fitting = (desk: Desk, envelope: Envelope, port: FactPort, target: Curve): Curve => {
  const { now, skewMs } = desk.facts
  const { points, parts } = inUse(port)
  const own = ownRoom(port.id, desk.envelope, parts)
  const room = maxOf([roomFor(port.id, envelopeAbove(envelope, port.id), parts), own])
  return withPeriodsAtMost(clampToRoom(target, room, points, skewMs), now, port.maxPeriods)
}

/** Nodes that what was sent before would pass a limit of, and when: the base load rose, a cap was lowered, a charger disobeys. */
const brokenNodes = ({ envelope }: Desk): Map<NodeId, Curve> =>
  new Map([...nodesOver(envelope)].map((id) => [id, overIn(envelope, envelope.nodes.find((node) => node.id === id)!)]))

/** Would the port give less than it may, by any clock, somewhere before `before` where the node is over? */
const lowersWhere = (over: Curve | undefined, may: Curve, becomes: Curve, now: Instant, before: number): boolean =>
  over !== undefined &&
  breakpointsFrom(now, [over, may, becomes]).some((at) => at < before && valueAt(over, at) > 0 && valueAt(becomes, at) < valueAt(may, at))

const deadbandOf = (port: FactPort): number => powerAt(DEADBAND_MA, inUse(port).points.circuit)

/** The envelope when all that is under way, and what is due in this pass, will have been accepted and followed. */
function afterSettling({ facts, envelope }: Desk, due: { port: FactPort; target: Curve }[]): Envelope {
  const becomes = new Map(due.map(({ port, target }) => [port.id, target]))
  const ports = new Map(facts.ports.map((port) => [port.id, port]))
  const holdings = envelope.holdings.map((holding) =>
    settledHolding(facts, ports.get(holding.portId)!, holding, becomes.get(holding.portId)),
  )
  return { ...envelope, holdings }
}

/** The same for one port; `target`: what it is sent in this pass, if that is taken for followed. */
const settledHolding = ({ now }: DepotFacts, port: FactPort, holding: PortHolding, target: Curve | undefined): PortHolding => {
  const last = holding.sent.at(-1)
  const soon = last !== undefined && (port.inFlight || (last.outcome === 'accepted' && (last.countsAt ?? 0) > now))
  const curve = target ?? (soon ? last.curve : undefined)
  const soonConfirmed = port.inFlight || port.fallbackConfirmedAt !== undefined
  const fallbackConfirmed = holding.fallbackConfirmed || (soonConfirmed && !port.ignoresLimits && !port.mayForget)
  return { ...holding, fallbackConfirmed, sent: curve ? [counted(curve, now, inUse(port).parts)] : holding.sent }
}

const holdingIn = ({ envelope }: Desk, port: FactPort): PortHolding => envelope.holdings.find(({ portId }) => portId === port.id)!

const replace = (desk: Desk, holding: PortHolding): void => {
  desk.envelope = withHolding(desk.envelope, holding)
}
