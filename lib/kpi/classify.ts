import { type Instant, minutes } from '#lib/time/instant.ts'
import type { Attempt, Classed, EvidenceKind, Outcome, Stage } from './charge-request.ts'

/** Authorised without a cable for so long: nobody plugged in (ChargeX binds within 300 s too). */
export const PLUG_WAIT = minutes(5)

/**
 * How an attempt came out, from what was seen until `now` (docs/kpis.md, availability); null while that is open. Pure: late messages change the
 * facts and it is asked again. `strict`: only energy counts as a start, never the plan's promise.
 */
export function classify(attempt: Attempt, now: Instant, slaMs: number, strict = false): Classed | null {
  const saw = (kind: EvidenceKind) => attempt.evidence.some((piece) => piece.kind === kind)
  const deadline = attempt.requestedAt + slaMs
  for (const [kind, outcome] of SET_ASIDE) if (saw(kind)) return { outcome, stageFailed: null }
  if (saw('shortStop')) return failed('FAILED_CHARGER', 'energy')
  if (attempt.poweredAt !== null) return started(attempt, attempt.poweredAt, slaMs, strict)
  if (!strict && attempt.acceptedAt !== null && attempt.promisedAt !== null) {
    const broken = attempt.promisedAt + slaMs
    if (now <= broken || (attempt.endedAt !== null && attempt.endedAt <= broken))
      return attempt.acceptedAt <= deadline ? IN_SLA : failed('STARTED_LATE', 'start')
    return cause(attempt, saw) ?? failed('HELD_BY_CAP', 'energy')
  }
  return notStarted(attempt, now, deadline, saw)
}

const IN_SLA: Classed = { outcome: 'STARTED_IN_SLA', stageFailed: null }
const failed = (outcome: Outcome, stageFailed: Stage): Classed => ({ outcome, stageFailed })
const excluded = (outcome: Outcome, stageFailed: Stage | null = null): Classed => ({ outcome, stageFailed })

const SET_ASIDE: [EvidenceKind, Outcome][] = [
  ['test', 'TEST'],
  ['maintenance', 'PLANNED_MAINT'],
  ['outage', 'UTILITY_OUTAGE'],
]

function started(attempt: Attempt, poweredAt: Instant, slaMs: number, strict: boolean): Classed {
  const { requestedAt, acceptedAt, promisedAt } = attempt
  if (poweredAt <= requestedAt + slaMs) return IN_SLA
  const asPromised =
    !strict && promisedAt !== null && acceptedAt !== null && acceptedAt <= requestedAt + slaMs && poweredAt <= promisedAt + slaMs
  return asPromised ? IN_SLA : failed('STARTED_LATE', 'energy')
}

function notStarted(attempt: Attempt, now: Instant, deadline: number, saw: (kind: EvidenceKind) => boolean): Classed | null {
  const { pluggedAt, askedAt, acceptedAt, endedAt } = attempt
  const denied = acceptedAt === null && (saw('denied') || saw('wronglyDenied'))
  const over = endedAt !== null || now > deadline
  if (denied) return over ? (saw('wronglyDenied') ? failed('FAILED_AUTH_SYSTEM', 'authorise') : excluded('AUTH_DENIED', 'authorise')) : null
  if (saw('noPort')) return failed('NO_FREE_PORT', 'plug')
  // a truck that sits plugged is not a failure before anyone asks
  if (askedAt === null && acceptedAt === null) return endedAt === null ? null : (cause(attempt, saw) ?? excluded('NO_TOKEN', 'authorise'))
  if (pluggedAt === null && acceptedAt === null) {
    const known = saw('notDelivered') || saw('refused') || saw('backend') || saw('fault') || saw('offline')
    if (known) return over ? cause(attempt, saw) : null
    return endedAt !== null || now > Math.max(deadline, (askedAt ?? attempt.requestedAt) + PLUG_WAIT)
      ? excluded('NOT_PLUGGED', 'plug')
      : null
  }
  if (!over) return null
  const known = cause(attempt, saw)
  if (known) return known
  if (endedAt !== null && endedAt <= deadline && (saw('stoppedByUser') || saw('unplugged'))) return excluded('USER_CANCEL')
  return failed('UNKNOWN', acceptedAt === null ? 'start' : 'energy')
}

/** The first cause with evidence, the charger's own fault before what may follow from it. */
function cause({ acceptedAt }: Attempt, saw: (kind: EvidenceKind) => boolean): Classed | null {
  const stage: Stage = acceptedAt === null ? 'start' : 'energy'
  if (saw('fault')) return failed('FAILED_CHARGER', stage)
  if (saw('notDelivered')) return failed('FAILED_COMMS', 'command')
  if (saw('offline')) return failed('FAILED_COMMS', stage)
  if (saw('backend')) return failed('FAILED_BACKEND', 'command')
  if (saw('refused')) return failed('FAILED_CHARGER', 'command')
  if (saw('vehicle')) return excluded('VEHICLE', 'energy')
  if (saw('held')) return failed('HELD_BY_CAP', 'energy')
  return null
}
