import type { RecordedEvent } from '#lib/charging/event.ts'
import { sameTag, verdictOf } from '#lib/charging/verdict.ts'
import { accepted } from '#lib/kpi/observe.ts'
import { earliest, type Instant } from '#lib/time/instant.ts'
import type { WattHours } from '#lib/units/units.ts'
import { startedRequest } from '../kpi/collect-requests.ts'
import { askedOf, firstOf, isGivenUp } from '../kpi/request-of-event.ts'
import { isClean } from '../store/columns.ts'
import type { RequestRow } from '../store/kpi.ts'
import type { MessageRow } from '../store/meter.ts'
import type { Sql } from '../store/sql.ts'
import { attemptOfSession, type NewSession, type NewStart, type Review, writeStarts } from '../store/start.ts'
import { dutiesOf, keepWhatSessionsName, lockRequests, type StartFacts, startFacts, visitsToRetry } from '../store/start-facts.ts'
import type { Authorisation } from './authorise.ts'
import type { Commit } from './record.ts'
import { startedLines } from './record-session.ts'
import type { RecordCtx } from './recording.ts'
import { makeSets, type Placed } from './sets.ts'

/** A transaction that a charger says has begun. */
export type Start = {
  chargerId: string
  depotId: string
  port: number
  portId: string
  idTag: string
  at: Instant
  receivedAt: Instant
  meterStartWh: WattHours
  late: boolean
  flags: string[]
  startKey: string
  /** Its row in the raw log, without the answer. */
  message: MessageRow
  answer: (authorisation: Authorisation, sessionId: number) => Record<string, unknown>
}
export type Started = { authorisation: Authorisation; sessionId: number; answer: Record<string, unknown>; commit: Commit }

/** "Last seen" is told in minutes: a charger that talks much need not have it written with each word. Real ms. */
const SEEN_EVERY_MS = 5_000

/** Records a start with others'. `undefined`: it is not a plain one; nothing was written, and the path of one by one decides. */
export type StartMany = (start: Start) => Promise<Started | undefined>

/**
 * Starts of many chargers in sets: what `recordStarted` and `collectRequests` do for a token that may charge, at a free port that we know, the
 * first time it is said. One start of a charger and of a card is in a set; anything else about a start (`special` of server/store/start-facts.ts,
 * a refused token) is left to the path of one by one.
 */
export function makeStartMany(ctx: RecordCtx): StartMany {
  /** When (monotonic) a charger's last sign of life was written. */
  const seen = new Map<string, number>()
  const together = makeSets<Start, Started>(ctx, {
    what: 'starts',
    namesOf: ({ chargerId, idTag }) => [`charger ${chargerId}`, `card ${sameTag(idTag)}`],
    async write(sql, all, free) {
      const [said, , facts] = await Promise.all([free, keepWhatSessionsName(sql), startFacts(sql, all.map(askedOfStart))])
      const plain = plainOnes(said, facts)
      const requests = await attempts(sql, plain)
      if (plain.length === 0) return { result: new Map() }
      const duties = await dutiesOf(
        sql,
        plain.map(({ start, facts }) => ({ place: facts.place, vehicleId: facts.vehicleId, at: start.at })),
      )
      const started = new Map(plain.map((each) => [each.facts.place, startedOf(each)]))
      const reviews: Review[] = []
      const starts = plain.map((each, index): NewStart => {
        const { start, facts } = each
        const [began, ...lines] = startedLines({ ...start, verdict: 'accepted' }, facts.sessionId, facts.portId, start.flags)
        for (const line of lines) reviews.push(reviewOf(each, line))
        return {
          session: sessionOf(each, duties.get(facts.place) ?? null),
          message: { ...start.message, answer: started.get(facts.place)!.answer },
          data: began!.data,
          attempt: facts.requestId === null ? requests[index] : undefined,
        }
      })
      const goingOn = requests.filter((_, index) => plain[index]!.facts.requestId !== null)
      return { result: started, last: writeStarts(sql, { realAt: ctx.clock.real(), starts, reviews, goingOn, heard: heardOf(plain) }) }
    },
  })
  // texts of a set are told apart by control characters (server/store/columns.ts): one with such a character of its own would move the others'
  return (start) => (isClean(start.startKey) && isClean(start.idTag) ? together(start) : Promise.resolve(undefined))

  function heardOf(plain: Plain[]) {
    const now = ctx.clock.monotonic()
    const due = plain.filter(({ start }) => now - (seen.get(start.chargerId) ?? Number.NEGATIVE_INFINITY) >= SEEN_EVERY_MS)
    for (const { start } of due) seen.set(start.chargerId, now)
    return due.map(({ start }) => ({ id: start.chargerId, at: start.receivedAt }))
  }
}

const reviewOf = ({ start, facts }: Plain, { kind, data }: Pick<Review, 'kind' | 'data'>): Review => ({
  at: start.receivedAt,
  depotId: start.depotId,
  actor: `charger:${start.chargerId}`,
  kind,
  subject: `session:${facts.sessionId}`,
  data,
})

const askedOfStart = ({ place, item: { chargerId, depotId, portId, idTag, at, startKey } }: Placed<Start>) => {
  return { place, chargerId, depotId, portId, idTag: sameTag(idTag), at, startKey }
}

type Plain = { start: Start; facts: StartFacts }

function plainOnes(starts: Placed<Start>[], all: StartFacts[]): Plain[] {
  const byPlace = new Map(starts.map(({ place, item }) => [place, item]))
  return all.flatMap((facts) => {
    const start = byPlace.get(facts.place)
    if (!start) return []
    const token = start.late && facts.token ? { ...facts.token, busyElsewhere: false } : facts.token
    return facts.special || verdictOf(token, start.at) !== 'accepted' ? [] : [{ start, facts }]
  })
}

/** The attempt of KPI 1 that each start belongs to. A start that needs another one than it found is taken out of `plain`. */
async function attempts(sql: Sql, plain: Plain[]): Promise<RequestRow[]> {
  const known = await lockRequests(
    sql,
    plain.flatMap(({ facts }) => facts.requestId ?? []),
  )
  const requests: RequestRow[] = []
  for (const each of [...plain]) {
    const { start, facts } = each
    const current = facts.requestId === null ? undefined : known.get(facts.requestId)
    const another = facts.requestId !== null && (!current || isGivenUp(current, start.at) || current.sessionId !== null)
    if (another) plain.splice(plain.indexOf(each), 1)
    else requests.push(attemptOf(start, facts, current))
  }
  const visits = await visitsToRetry(
    sql,
    requests.filter(({ id, visitId }, place) => id === visitId && plain[place]!.facts.askedLately),
  )
  return visits.size === 0 ? requests : requests.map((request) => ({ ...request, visitId: visits.get(request.id) ?? request.visitId }))
}

function attemptOf(
  { depotId, at, idTag, late }: Start,
  { portId, vehicleId, sessionId }: StartFacts,
  current: RequestRow | undefined,
): RequestRow {
  const tag = sameTag(idTag)
  const id = current?.id ?? attemptOfSession(sessionId)
  const found = current
    ? askedOf(current, { idTag: tag, vehicleId }, at)
    : { id, visitId: id, ...firstOf({ source: 'authorize', depotId, portId, at, idTag: tag, vehicleId }) }
  return accepted(startedRequest(found, { at, idTag: tag, vehicleId, sessionId, late }), at)
}

const sessionOf = ({ start, facts }: Plain, dutyId: string | null): NewSession => ({
  id: facts.sessionId,
  depotId: start.depotId,
  portId: facts.portId,
  idTag: sameTag(start.idTag),
  tokenId: facts.token!.id,
  vehicleId: facts.vehicleId,
  driverId: facts.token!.driverId,
  dutyId,
  startKey: start.startKey,
  startedAt: start.at,
  receivedAt: start.receivedAt,
  meterWh: start.meterStartWh,
  meterAt: earliest(start.at, start.receivedAt),
  currency: facts.currency,
  flags: start.flags,
})

function startedOf({ start, facts }: Plain): Started {
  const { sessionId, portId, bay, token } = facts
  const authorisation: Authorisation = {
    verdict: 'accepted',
    ...(token!.expiresAt === undefined ? {} : { expiresAt: token!.expiresAt }),
    ...(token!.parentIdTag === null ? {} : { parentIdTag: token!.parentIdTag }),
  }
  const { chargerId, depotId, port, idTag, at, receivedAt, meterStartWh, late, flags, startKey } = start
  const said = { kind: 'started', at, port, idTag, verdict: 'accepted', meterStartWh, late, flags, startKey } as const
  const event: RecordedEvent = { ...said, portId, session: sessionId, depotId, chargerId, receivedAt }
  const commit = { events: [event], fresh: [event], causes: [`a session started at ${bay}`] }
  return { authorisation, sessionId, answer: start.answer(authorisation, sessionId), commit }
}
