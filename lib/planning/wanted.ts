import type { Instant } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'
import { type Curve, clampTo, constantCurve, sameCurve } from './curve.ts'
import { type DepotFacts, envelopeAbove, type FactPort, inUse } from './depot-facts.ts'
import { checkEnvelope, type Envelope, withHolding } from './envelope.ts'
import { clampToRoom, roomFor } from './envelope-room.ts'
import type { PortId } from './input.ts'
import type { PhaseParts } from './phase-parts.ts'
import type { SentLimit } from './port-holding.ts'
import { BLOCK_PERIODS, firstPeriods } from './profile.ts'

/**
 * What each port with a session should follow; lowered where the wanted curves together would pass a cap (a plan that is out of date).
 * A charger that holds too few periods for a block has the next of them without end and is sent the others when they are due: what it holds of
 * later room meanwhile the later periods of the others lack, which are planned to come after it.
 */
export function wantedWithin(facts: DepotFacts, envelope: Envelope): Map<PortId, Curve> {
  const targets = new Map<PortId, Curve>()
  for (const port of facts.ports) {
    if (port.sessions.length === 0 || !port.known) continue
    if (port.stopped) targets.set(port.id, constantCurve(0 as Watts))
    else if (port.wanted) {
      const curve = clampTo(port.wanted.curve, port.mostW)
      targets.set(port.id, holdsBlock(port) ? curve : firstPeriods(curve, facts.now, port.maxPeriods))
    }
  }
  const steered = facts.ports.filter(({ id, online }) => online && targets.has(id))
  const underWay = new Set(facts.ports.filter(takesFallback).map(({ id }) => id))
  let all: Envelope = {
    ...envelope,
    holdings: envelope.holdings.map((holding) => {
      const port = steered.find(({ id }) => id === holding.portId)
      if (port) return { ...holding, sent: [counted(targets.get(port.id)!, facts.now, inUse(port).parts)] }
      // a fallback under way, or not followed yet, is taken as accepted here: what is sent is checked against what is
      return underWay.has(holding.portId) ? { ...holding, fallbackConfirmed: true } : holding
    }),
  }
  if (checkEnvelope(all).kind === 'within') return targets
  for (const port of [...steered.filter(holdsBlock).toReversed(), ...steered.filter((each) => !holdsBlock(each)).toReversed()]) {
    const above = envelopeAbove(all, port.id)
    if (checkEnvelope(above).kind === 'within') continue
    const target = targets.get(port.id)!
    const { points, parts } = inUse(port)
    const lower = clampToRoom(target, roomFor(port.id, above, parts), points, facts.skewMs)
    if (sameCurve(lower, target)) continue
    // handing over from one port to the next a few seconds earlier is no matter of safety
    targets.set(port.id, lower)
    all = withHolding(all, { ...all.holdings.find(({ portId }) => portId === port.id)!, sent: [counted(lower, facts.now, parts)] })
  }
  return targets
}

const holdsBlock = ({ maxPeriods }: FactPort): boolean => maxPeriods >= BLOCK_PERIODS

const takesFallback = ({ inFlight, ignoresLimits, fallbackConfirmedAt, fallbackCountsAt, mayForget }: FactPort): boolean =>
  !ignoresLimits && (inFlight || (fallbackConfirmedAt !== undefined && fallbackCountsAt !== undefined && !mayForget))

/** A limit taken as sent, accepted and followed at once. */
export const counted = (curve: Curve, now: Instant, parts?: PhaseParts): SentLimit => ({
  ...(parts ? { parts } : {}),
  sequence: Number.MAX_SAFE_INTEGER,
  curve,
  sentAt: now,
  outcome: 'accepted',
  acceptedAt: now,
  countsAt: now,
})
