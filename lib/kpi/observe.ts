import type { Instant } from '#lib/time/instant.ts'
import type { Attempt, Evidence } from './charge-request.ts'

// How what was seen changes an attempt. Order of arrival does not matter: late messages bring older moments.

/** The clock of an attempt: when it was both plugged in and asked for; before anyone asked, when it was plugged in. */
export const clockOf = ({ pluggedAt, askedAt, requestedAt }: Pick<Attempt, 'pluggedAt' | 'askedAt' | 'requestedAt'>): Instant =>
  pluggedAt === null && askedAt === null ? requestedAt : (Math.max(pluggedAt ?? 0, askedAt ?? 0) as Instant)

export const plugged = <A extends Attempt>(attempt: A, at: Instant): A => clocked({ ...attempt, pluggedAt: older(attempt.pluggedAt, at) })
/** Itself where that says nothing new: a start says it thrice. */
export const asked = <A extends Attempt>(attempt: A, at: Instant): A => {
  const askedAt = older(attempt.askedAt, at)
  return clocked(askedAt === attempt.askedAt ? attempt : { ...attempt, askedAt })
}

/** The charger named a transaction. Power that it told of before counts from here on. */
export const accepted = <A extends Attempt>(attempt: A, at: Instant): A => {
  const acceptedAt = older(attempt.acceptedAt, at)
  const power = attempt.evidence.find(({ kind }) => kind === 'power')
  const next = { ...attempt, acceptedAt }
  return power ? powered(next, Math.max(acceptedAt, power.at) as Instant) : next
}

export const powered = <A extends Attempt>(attempt: A, at: Instant): A =>
  attempt.acceptedAt === null
    ? saw(attempt, { at, kind: 'power', text: 'Energy flowed before the charger named a transaction' })
    : { ...attempt, poweredAt: older(attempt.poweredAt, Math.max(at, attempt.acceptedAt) as Instant) }

export const ended = <A extends Attempt>(attempt: A, at: Instant): A => ({ ...attempt, endedAt: older(attempt.endedAt, at) })

/** Adds evidence once: the same thing at the same moment says nothing new. */
export const saw = <A extends Attempt>(attempt: A, piece: Evidence): A =>
  attempt.evidence.some(({ at, kind }) => at === piece.at && kind === piece.kind)
    ? attempt
    : { ...attempt, evidence: [...attempt.evidence, piece] }

/** As `saw`, but one piece of a kind is enough. */
export const sawOnce = <A extends Attempt>(attempt: A, piece: Evidence): A =>
  attempt.evidence.some(({ kind }) => kind === piece.kind) ? attempt : saw(attempt, piece)

const clocked = <A extends Attempt>(attempt: A): A => {
  const requestedAt = clockOf(attempt)
  return requestedAt === attempt.requestedAt ? attempt : { ...attempt, requestedAt }
}
const older = (known: Instant | null, at: Instant): Instant => (known === null ? at : (Math.min(known, at) as Instant))
