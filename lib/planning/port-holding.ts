import { type Instant, plus, seconds } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'
import { type Curve, narrow, valueAt, widen } from './curve.ts'
import type { NodeId, PortId } from './input.ts'
import type { PhaseParts } from './phase-parts.ts'

/** A limit that was written down as sent. `sequence` grows by one per port and is never used again. */
export type SentLimit = {
  sequence: number
  curve: Curve
  sentAt: Instant
  outcome: 'pending' | 'timeout' | 'accepted' | 'refused'
  acceptedAt?: Instant
  /** From when an accepted limit counts as followed. */
  countsAt?: Instant
  /** Where a vehicle of fewer phases than its port follows it; else the port's own. */
  parts?: PhaseParts
}

/** All that is known of what one port may be following. `nodePath` runs from its circuit (or charger) up to the service connection. */
export type PortHolding = {
  portId: PortId
  nodePath: NodeId[]
  /** Where its power counts on the site's phases; not known: whole on each. Needed only where a node limits its phases. */
  parts?: PhaseParts
  nameplateW: Watts
  /** The fallback was accepted since the last event that may have wiped it. */
  fallbackConfirmed: boolean
  fallbackW: Watts
  /** Held inoperative, accepted by the charger: it gives nothing. */
  inoperative: boolean
  sent: SentLimit[]
  /** Excess measured on a port that does not follow its limit. */
  extraW: Watts
}

/** A charger that accepted a limit needs a moment to follow it. */
export const SETTLE_MS = seconds(10)

/** The holding after `curve` was written down as sent; to be committed before the frame leaves. */
export const withSent = (holding: PortHolding, sequence: number, curve: Curve, sentAt: Instant, parts?: PhaseParts): PortHolding => ({
  ...holding,
  sent: [...holding.sent, { sequence, curve, sentAt, outcome: 'pending', ...(parts ? { parts } : {}) }],
})

/** The holding after the answer to a sent limit. A time-out is no refusal: the port may be following it. */
export const withOutcome = (
  holding: PortHolding,
  sequence: number,
  outcome: 'timeout' | 'accepted' | 'refused',
  at: Instant,
): PortHolding =>
  changed(holding, (limit) => {
    if (limit.sequence !== sequence || limit.outcome === 'accepted' || limit.outcome === 'refused') return limit
    return outcome === 'accepted' ? { ...limit, outcome, acceptedAt: at, countsAt: plus(at, SETTLE_MS) } : { ...limit, outcome }
  })

/**
 * The holding after a meter reading: an accepted cut counts at once when a *later* reading is at or under it. A reading alone proves
 * nothing, nor does one under a limit that cuts nothing at that moment (the charger may be on the old limit still).
 */
export const withReading = (holding: PortHolding, powerW: Watts, at: Instant, skewMs: number): PortHolding =>
  changed(holding, (limit) => {
    const settling = limit.outcome === 'accepted' && limit.acceptedAt !== undefined && limit.countsAt !== undefined
    if (!settling || at <= limit.acceptedAt! || at >= limit.countsAt!) return limit
    if (powerW > valueAt(narrow(limit.curve, skewMs), at)) return limit
    const older = holding.sent.filter(({ sequence, outcome }) => sequence < limit.sequence && outcome !== 'refused')
    const cuts =
      older.length > 0 && older.every(({ curve }) => valueAt(narrow(curve, skewMs), at) > valueAt(widen(limit.curve, skewMs), at))
    return cuts ? { ...limit, countsAt: at } : limit
  })

/** The holding without limits that can no longer be followed, so that records do not grow. */
export const pruned = (holding: PortHolding, now: Instant): PortHolding => {
  const counting = holding.sent.filter(({ outcome, countsAt }) => outcome === 'accepted' && countsAt !== undefined && countsAt <= now)
  const settled = counting.reduce((last, { sequence }) => Math.max(last, sequence), -1)
  return { ...holding, sent: holding.sent.filter(({ outcome, sequence }) => outcome !== 'refused' && sequence >= settled) }
}

const changed = (holding: PortHolding, change: (limit: SentLimit) => SentLimit): PortHolding => ({
  ...holding,
  sent: holding.sent.map(change),
})
