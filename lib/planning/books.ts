import { type Instant, plus } from '#lib/time/instant.ts'
import type { Curve } from './curve.ts'
import { SETTLE_MS, type SentLimit } from './port-holding.ts'

// What the books say of limits that left, and what follows from it (docs/control-loop.md). The store does the same in SQL for a
// whole depot at once (server/store/limit.ts, held to this by server/planning/books.test.ts); the protocol's model runs on these.

/** `notSent`: written down, but the frame never left. */
export type LimitOutcome = 'pending' | 'accepted' | 'refused' | 'timeout' | 'lost' | 'notSent'

/** A limit as it is written down; `id` grows with each that is sent to a port. A fallback has no session. */
export type WrittenLimit = {
  id: number
  kind: 'fallback' | 'session'
  sessionId: number | null
  curve: Curve
  sentAt: Instant
  outcome: LimitOutcome
  answeredAt?: Instant
  countsAt?: Instant
}

/** What is written down of an answer. A charger that accepted a limit needs a moment to follow it. */
export const answered = (outcome: LimitOutcome, at: Instant): { outcome: LimitOutcome; answeredAt: Instant; countsAt?: Instant } =>
  outcome === 'accepted' ? { outcome, answeredAt: at, countsAt: plus(at, SETTLE_MS) } : { outcome, answeredAt: at }

/**
 * Which of a port's limits it may still be following, of each kind: not refused, and not replaced by a later one that is accepted and counts.
 * `endedAt`: when the charger says that a session ended, by its own clock; undefined: it is open. What was accepted before that went with
 * the session. Any other may have come to effect in the next one, where a charger does not look whose it is, and stays until it is replaced.
 */
export const mayFollow = (
  limits: WrittenLimit[],
  { now, skewMs, endedAt }: { now: Instant; skewMs: number; endedAt: (sessionId: number) => Instant | undefined },
): WrittenLimit[] => {
  const settled = { fallback: -1, session: -1 }
  for (const { kind, id, outcome, countsAt } of limits)
    if (outcome === 'accepted' && countsAt !== undefined && countsAt <= now) settled[kind] = Math.max(settled[kind], id)
  const gone = ({ kind, sessionId, outcome, answeredAt }: WrittenLimit): boolean => {
    const end = kind === 'session' ? endedAt(sessionId!) : undefined
    return end !== undefined && outcome === 'accepted' && answeredAt! < end - skewMs
  }
  return limits.filter(
    (limit) => limit.outcome !== 'refused' && limit.outcome !== 'notSent' && limit.id >= settled[limit.kind] && !gone(limit),
  )
}

/** A written limit as the envelope counts it: a lost answer is a late one. */
export const sentLimit = ({ id, curve, sentAt, outcome, answeredAt, countsAt }: WrittenLimit): SentLimit => ({
  sequence: id,
  curve,
  sentAt,
  outcome: outcome === 'accepted' || outcome === 'pending' ? outcome : 'timeout',
  ...(outcome === 'accepted' && answeredAt !== undefined ? { acceptedAt: answeredAt } : {}),
  ...(countsAt === undefined ? {} : { countsAt }),
})

/** Does the acceptance of a fallback that was sent at `sentAt` confirm it? Not when the charger booted since: it may have forgotten it again. */
export const confirms = (sentAt: Instant, bootedAt: Instant | undefined): boolean => bootedAt === undefined || bootedAt < sentAt

/** Since when a port is known to hold its fallback; a model that forgets is doubted from its boot on, whatever else was written down. */
export const confirmedSince = (
  confirmedAt: Instant | undefined,
  { bootedAt, keepsProfiles }: { bootedAt: Instant | undefined; keepsProfiles: boolean },
): Instant | undefined => (confirmedAt === undefined || keepsProfiles || confirms(confirmedAt, bootedAt) ? confirmedAt : undefined)
