import { type Instant, minutes, seconds } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'
import { breakpointsFrom, type Curve, clampTo, constantCurve, maxOf, sameCurve, valueAt } from './curve.ts'
import { type DepotFacts, envelopeAbove, envelopeOf, type FactPort } from './depot-facts.ts'
import { difference } from './differs.ts'
import { checkChange, checkEnvelope, type Envelope, followable } from './envelope.ts'
import { clampToRoom, roomFor } from './envelope-room.ts'
import type { PortId } from './input.ts'
import { type PortHolding, type SentLimit, withSent } from './port-holding.ts'
import { withPeriodsAtMost } from './profile.ts'

// What to send next so that chargers follow what is wanted (source: spec "ocpp", The envelope; design "Steered by reconciliation").
// Pure: facts in, actions out. Restart, reboot, refusal, new plan: the same path.

export type SteerAction =
  | { kind: 'fallback'; portId: PortId; limitW: Watts }
  | { kind: 'limit'; portId: PortId; sessionId: number; curve: Curve; safety: boolean; planId: string | null }
  /** Out of use until its fallback is confirmed. */
  | { kind: 'hold'; portId: PortId }
  | { kind: 'release'; portId: PortId }

/** Why a port does not have what is wanted yet. */
export type Waiting = 'offline' | 'inFlight' | 'backOff' | 'budget' | 'settling' | 'fallbackFirst' | 'later'

/** `envelope`: with all that the actions send. */
export type Steering = { actions: SteerAction[]; waiting: Map<PortId, Waiting>; overCap: boolean; envelope: Envelope }

/** Held because its charger has not confirmed its fallback and the tree has no room for its nameplate. */
export const HELD_FOR_SAFETY = 'The charger has not confirmed its fallback limit, and the site has no room for its full power.'

const WRITES_A_DAY = 100
const FAR_WRITES_EACH_MS = minutes(15)
const FIRST_RETRY_MS = seconds(5)
const LAST_RETRY_MS = minutes(10)

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
  const over = new Set(
    desk.envelope.nodes.filter((node) => checkEnvelope({ ...desk.envelope, nodes: [node] }).kind === 'over').map(({ id }) => id),
  )
  for (const port of desk.facts.ports) {
    const holding = desk.envelope.holdings.find(({ portId }) => portId === port.id)
    if (!holding || !port.online || port.inFlight) continue
    const confirmed = port.fallbackConfirmedAt !== undefined
    if (port.heldReason === HELD_FOR_SAFETY && confirmed && !port.stopped) {
      const after = { ...holding, inoperative: false }
      if (checkChange(envelopeAbove(desk.envelope, port.id), after).kind === 'refused') continue
      replace(desk, after)
      desk.actions.push({ kind: 'release', portId: port.id })
    }
    // a charger that takes its fallback at once needs no alarm: held when the first attempt has failed
    const failed = !confirmed && port.fallbackTries.failures > 0
    const busy = desk.actions.some(({ portId }) => portId === port.id)
    if (failed && !busy && !port.inoperative && holding.nodePath.some((id) => over.has(id)))
      desk.actions.push({ kind: 'hold', portId: port.id })
  }
}

function limits(desk: Desk): void {
  const { now, skewMs } = desk.facts
  const due: { port: FactPort; target: Curve; safety: boolean; cut: boolean }[] = []
  for (const [id, { target: whole, safety }] of trimmed(desk)) {
    const port = desk.facts.ports.find((each) => each.id === id)!
    const target = withPeriodsAtMost(whole, now, port.maxPeriods)
    const has = acknowledged(port)
    const differs = has === undefined ? 'now' : difference(has, target, now, skewMs)
    if (differs === 'none') continue
    // one call to a port at a time
    const busy = desk.actions.some(({ portId }) => portId === port.id)
    const waits = busy ? 'fallbackFirst' : whyWait(port, differs, safety, now)
    if (waits) desk.waiting.set(port.id, waits)
    else due.push({ port, target, safety, cut: !rises(followable(holdingIn(desk, port), now, skewMs), target, now) })
  }
  const settled = afterSettling(desk, due)
  const blocked: (() => void)[] = []
  for (const { port, target, safety } of [...due.filter(({ cut }) => cut), ...due.filter(({ cut }) => !cut)]) {
    const own = followable(holdingIn(desk, port), now, skewMs)
    const has = acknowledged(port)
    const fits = (envelope: Envelope) => {
      const room = maxOf([roomFor(port.id, envelopeAbove(envelope, port.id)), own])
      return withPeriodsAtMost(clampToRoom(target, room, port.points, skewMs), now, port.maxPeriods)
    }
    const allowed = fits(desk.envelope)
    const cutNow = valueAt(has ?? own, now) > valueAt(allowed, now)
    if (same(allowed, target, now) || cutNow) send(desk, port, allowed, safety)
    else if (same(allowed, fits(settled), now)) {
      // more room is not to come: what there is helps
      if (has === undefined || difference(has, allowed, now, skewMs) !== 'none') send(desk, port, allowed, safety)
    } else {
      desk.waiting.set(port.id, 'settling')
      blocked.push(() => {
        if (has === undefined || difference(has, allowed, now, skewMs) !== 'none') send(desk, port, allowed, safety)
      })
    }
  }
  // ports that wait for each other's later hours: each gives up what it no longer wants, and the next pass has the room
  const moving =
    desk.actions.length > 0 || desk.facts.ports.some((port) => port.inFlight || port.limits.some((limit) => (limit.countsAt ?? 0) > now))
  if (!moving) for (const go of blocked) go()
}

function send(desk: Desk, port: FactPort, curve: Curve, safety: boolean): void {
  const after = withSent(holdingIn(desk, port), Number.MAX_SAFE_INTEGER, curve, desk.facts.now)
  if (checkChange(envelopeAbove(desk.envelope, port.id), after).kind === 'refused') {
    desk.waiting.set(port.id, 'settling')
    return
  }
  desk.waiting.delete(port.id)
  replace(desk, after)
  const { id: portId, sessions, wanted } = port
  desk.actions.push({ kind: 'limit', portId, sessionId: sessions[0]!, curve, safety, planId: wanted?.planId ?? null })
}

/** What each port with a session should follow; lowered where the wanted curves together would pass a cap (a plan that is out of date). */
function trimmed({ facts, envelope }: Desk): Map<PortId, { target: Curve; safety: boolean }> {
  const targets = new Map<PortId, { target: Curve; safety: boolean }>()
  for (const port of facts.ports) {
    if (port.sessions.length === 0 || !port.known) continue
    if (port.stopped) targets.set(port.id, { target: constantCurve(0 as Watts), safety: true })
    else if (port.wanted) targets.set(port.id, { target: clampTo(port.wanted.curve, port.mostW), safety: false })
  }
  const steered = facts.ports.filter(({ id, online }) => online && targets.has(id))
  const underWay = new Set(facts.ports.filter(({ inFlight }) => inFlight).map(({ id }) => id))
  let all: Envelope = {
    ...envelope,
    holdings: envelope.holdings.map((holding) => {
      const port = steered.find(({ id }) => id === holding.portId)
      if (port) return { ...holding, sent: [counted(targets.get(port.id)!.target, facts.now)] }
      // a fallback under way is taken as accepted here: what is sent is checked against what is
      return underWay.has(holding.portId) ? { ...holding, fallbackConfirmed: true } : holding
    }),
  }
  if (checkEnvelope(all).kind === 'within') return targets
  for (const port of steered.toReversed()) {
    const above = envelopeAbove(all, port.id)
    if (checkEnvelope(above).kind === 'within') continue
    const { target } = targets.get(port.id)!
    const lower = clampToRoom(target, roomFor(port.id, above), port.points, facts.skewMs)
    if (sameCurve(lower, target)) continue
    // handing over from one port to the next a few seconds earlier is no matter of safety
    targets.set(port.id, { target: lower, safety: valueAt(lower, facts.now) < valueAt(target, facts.now) })
    all = {
      ...all,
      holdings: all.holdings.map((holding) => (holding.portId === port.id ? { ...holding, sent: [counted(lower, facts.now)] } : holding)),
    }
  }
  return targets
}

/** The envelope when all that is under way, and what is due in this pass, will have been accepted and followed. */
function afterSettling({ facts, envelope }: Desk, due: { port: FactPort; target: Curve }[]): Envelope {
  const becomes = new Map(due.map(({ port, target }) => [port.id, target]))
  return {
    ...envelope,
    holdings: envelope.holdings.map((holding) => {
      const port = facts.ports.find(({ id }) => id === holding.portId)!
      const last = holding.sent.at(-1)
      const soon = last !== undefined && (port.inFlight || (last.outcome === 'accepted' && (last.countsAt ?? 0) > facts.now))
      const curve = becomes.get(holding.portId) ?? (soon ? last.curve : undefined)
      const fallbackConfirmed = holding.fallbackConfirmed || port.inFlight
      return { ...holding, fallbackConfirmed, sent: curve ? [counted(curve, facts.now)] : holding.sent }
    }),
  }
}

/** The limit that the charger is known to follow for its session; undefined when an answer is missing, or a reboot may have lost it. */
export const acknowledged = (port: FactPort): Curve | undefined => {
  const last = port.limits.at(-1)
  if (last?.outcome !== 'accepted' || last.sessionId !== port.sessions[0]) return undefined
  // a reboot, or whatever put the fallback in doubt, may have taken it
  const since = Math.max(port.bootedAt ?? 0, port.fallbackConfirmedAt ?? 0)
  if ((last.acceptedAt ?? 0) < since) return undefined
  return last.curve
}

const whyWait = (port: FactPort, differs: 'now' | 'later', safety: boolean, now: Instant): Waiting | undefined => {
  if (!port.online) return 'offline'
  if (port.inFlight) return 'inFlight'
  if (port.fallbackConfirmedAt === undefined) return 'fallbackFirst'
  if (backsOff(port.limitTries, now)) return 'backOff'
  const last = port.limitTries.lastSentAt
  if (differs === 'later' && !port.asked && last !== undefined && now - last < FAR_WRITES_EACH_MS) return 'later'
  // the first limit of a session is no luxury
  if (port.writesToday >= WRITES_A_DAY && !safety && !port.asked && acknowledged(port) !== undefined) return 'budget'
  return undefined
}

const backsOff = ({ failures, lastSentAt }: FactPort['limitTries'], now: Instant): boolean =>
  failures > 0 && lastSentAt !== undefined && now < lastSentAt + Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS)

/** When a back-off, a far write or a settling cut will be over: the moment to look again. Undefined: nothing is waited for. */
export const lookAgainAt = ({ now, ports }: DepotFacts, { waiting }: Steering): Instant | undefined => {
  const moments = ports.flatMap((port) => {
    const settling = port.limits.flatMap(({ countsAt }) => (countsAt !== undefined && countsAt > now ? [countsAt] : []))
    const retry = [port.fallbackTries, port.limitTries].flatMap(({ failures, lastSentAt }) =>
      failures > 0 && lastSentAt !== undefined && waiting.get(port.id) === 'backOff'
        ? [lastSentAt + Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS)]
        : [],
    )
    return [...settling, ...retry.filter((at) => at > now)]
  })
  return moments.length === 0 ? undefined : (Math.min(...moments) as Instant)
}

/** Does `target` let the port do more than `own` at any instant from now on? */
const rises = (own: Curve, target: Curve, now: Instant): boolean =>
  breakpointsFrom(now, [own, target]).some((at) => valueAt(target, at) > valueAt(own, at))

const same = (a: Curve, b: Curve, now: Instant): boolean => breakpointsFrom(now, [a, b]).every((at) => valueAt(a, at) === valueAt(b, at))

const counted = (curve: Curve, now: Instant): SentLimit => ({
  sequence: Number.MAX_SAFE_INTEGER,
  curve,
  sentAt: now,
  outcome: 'accepted',
  acceptedAt: now,
  countsAt: now,
})

const holdingIn = ({ envelope }: Desk, port: FactPort): PortHolding => envelope.holdings.find(({ portId }) => portId === port.id)!

const replace = (desk: Desk, holding: PortHolding): void => {
  desk.envelope = {
    ...desk.envelope,
    holdings: desk.envelope.holdings.map((each) => (each.portId === holding.portId ? holding : each)),
  }
}
