import type { PortView } from '#lib/api/board.ts'
import type { AlertView } from '#lib/api/overview.ts'
import { type Mark, marks } from '#lib/api/words.ts'
import { counted } from '#lib/format/number.ts'
import { ageText, nearText } from '#lib/format/time.ts'
import { journalWords } from '#lib/live/journal-words.ts'
import { hours, type Instant } from '#lib/time/instant.ts'
import type { KnockingRow, ReviewRow } from '#server/store/fleet-view.ts'
import type { Departing } from './departures.ts'

/** Chargers that could not be set up as they should. */
export type CommissionProblem = { chargerId: string; name: string; problem: string; since: Instant }

type Found = {
  ports: PortView[]
  departing: Departing[]
  problems: CommissionProblem[]
  knocking: KnockingRow[]
  reviews: ReviewRow[]
  /** server/live/alerts-security.ts */
  security: AlertView[]
  now: Instant
  zone: string
}

const REVIEW_WORDS: Record<string, string> = {
  driverReport: 'A driver reports a problem',
  unknownTag: 'Sessions with an unknown card',
  unknownPort: 'Messages for a port that the charger does not have',
  heldPort: 'Sessions that began at a port that is out of use',
  stopForUnknown: 'A stop for a session that is not known',
  stoppedTwice: 'A session that was stopped twice',
  superseded: 'Sessions that ended without a word',
  energyMissing: 'Sessions whose energy is not all billed',
  meterBackwards: 'A meter that ran backwards',
  futureTime: 'Dates in the future',
  badPath: 'Malformed addresses at the chargers\u2019 door',
  commission: 'Chargers that could not be set up fully',
  fileRefused: 'Files that were refused',
  fileStorage: 'Files that could not be written to the disk',
  firmwareLate: 'Words about an update after its end',
  firmwareUnasked: 'News of an update that nobody asked for',
  logLate: 'Words about a log after its end',
  logUnasked: 'News of a log that nobody asked for',
}

/**
 * What is broken, worst first, one line a cause: the symptom (`Van 09 will be 23 min late`), below it why (`Port 09 not seen since 21:29`).
 * A port whose van is at risk is told once, as the van's.
 */
export function alertsOf({ ports, departing, problems, knocking, reviews, security, now, zone }: Found): AlertView[] {
  const vans = departing.filter(({ ready }) => ready.verdict === 'late' || ready.verdict === 'atRisk').map((each) => vanAlert(each, now))
  const told = new Set(vans.map(({ portId }) => portId))
  const atPorts = ports.filter((port) => port.needsAction && !told.has(port.id)).map((port) => portAlert(port, now))
  const others = [
    ...security,
    ...problems.map((each) => problemAlert(each)),
    ...knocking.filter(({ lastAt }) => now - lastAt < hours(24)).map((each) => knockingAlert(each, now)),
    ...reviews.map((each) => reviewAlert(each, now, zone)),
  ]
  return [...vans.map(({ alert }) => alert), ...atPorts, ...others].sort(
    (a, b) => marks.indexOf(a.mark) - marks.indexOf(b.mark) || a.since - b.since,
  )
}

function vanAlert({ vehicle, port, ready }: Departing, now: Instant): { alert: AlertView; portId: string | undefined } {
  const late = ready.verdict === 'late'
  const byPort = port?.needsAction ? port : undefined
  return {
    portId: byPort?.id,
    alert: {
      key: `van:${vehicle.id}`,
      mark: ready.mark,
      what: late ? `${vehicle.name} will be ${ready.atDeparture}` : `${vehicle.name} may leave with ${ready.atDeparture}`,
      why: ready.cause ?? '',
      since: (byPort ? sinceOf(byPort) : null) ?? now,
      href: byPort ? `/chargers/${encodeURIComponent(byPort.chargerId)}` : '/plan',
    },
  }
}

const portAlert = (port: PortView, now: Instant): AlertView => ({
  key: `port:${port.id}`,
  mark: port.mark,
  what: port.vehicle?.plugged ? `${port.vehicle.name} at port ${port.bay}: ${port.word}` : `Port ${port.bay}: ${port.word}`,
  why: port.why,
  since: sinceOf(port) ?? now,
  href: `/chargers/${encodeURIComponent(port.chargerId)}`,
})

/** Since when: not seen, or of its last reading or session. */
const sinceOf = ({ online, seenAt, session, powerAt }: PortView): number | null =>
  online ? (powerAt ?? session?.startedAt ?? null) : seenAt

const problemAlert = ({ chargerId, name, problem, since }: CommissionProblem): AlertView => ({
  key: `commission:${chargerId}`,
  mark: 'serious',
  what: `${name} is not set up`,
  why: problem,
  since,
  href: `/chargers/${encodeURIComponent(chargerId)}`,
})

const knockingAlert = ({ identity, times, lastAt, address, reason, charger }: KnockingRow, now: Instant): AlertView => ({
  key: `knocking:${identity}`,
  mark: 'caution' satisfies Mark,
  what: charger ? `${charger.name} is turned away at the door` : `“${identity}” wants to connect`,
  why: `${(KNOCK_WORDS[reason] ?? reason).replace(/\.$/, '')}, ${counted(times, 'time')} from ${address}, last ${ageText(lastAt, now)}.`,
  since: lastAt,
  href: charger ? `/chargers/${encodeURIComponent(charger.id)}?view=setup` : '/chargers',
})
const KNOCK_WORDS: Record<string, string> = {
  unknown: 'Not one of ours',
  badKey: 'A wrong key',
  noProtocol: 'It offers no protocol that we speak',
}

const reviewAlert = ({ kind, times, lastAt, firstAt, subject }: ReviewRow, now: Instant, zone: string): AlertView => ({
  key: kind,
  mark: 'caution',
  what: REVIEW_WORDS[kind.slice('review.'.length)] ?? journalWords(kind),
  why: `${counted(times, 'record')} since ${nearText(firstAt, now, zone)}${subject ? `, last of ${subject}` : ''}. Kept, and marked.`,
  since: lastAt,
  href: '/sessions?state=review',
})
