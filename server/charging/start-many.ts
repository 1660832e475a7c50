import { randomUUID } from 'node:crypto'
import type { RecordedEvent } from '#lib/charging/event.ts'
import { sameTag, verdictOf } from '#lib/charging/verdict.ts'
import { accepted } from '#lib/kpi/observe.ts'
import { earliest, type Instant, iso } from '#lib/time/instant.ts'
import type { WattHours } from '#lib/units/units.ts'
import { startedRequest } from '../kpi/collect-requests.ts'
import { askedOf, firstOf, isGivenUp } from '../kpi/request-of-event.ts'
import type { RequestRow } from '../store/kpi.ts'
import type { BatchJournalRow, MessageRow } from '../store/meter.ts'
import type { Sql } from '../store/sql.ts'
import { lockRequests, type NewSession, type StartFacts, startFacts, visitsToRetry, writeStarts } from '../store/start.ts'
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

/** Records a start with others'. `undefined`: it is not a plain one; nothing was written, and the path of one by one decides. */
export type StartMany = (start: Start) => Promise<Started | undefined>

/**
 * Starts of many chargers in sets: what `recordStarted` and `collectRequests` do for a token that may charge, at a free port that we know, the
 * first time it is said. One start of a charger and of a card is in a set; anything else about a start (`special` of server/store/start.ts, a
 * refused token) is left to the path of one by one.
 */
export function makeStartMany(ctx: RecordCtx): StartMany {
  return makeSets<Start, Started>(ctx, {
    what: 'starts',
    namesOf: ({ chargerId, idTag }) => [`charger ${chargerId}`, `card ${sameTag(idTag)}`],
    async write(sql, starts) {
      const plain = plainOnes(starts, await startFacts(sql, starts.map(askedOfStart)))
      const requests = await attempts(sql, plain)
      const started = new Map(plain.map((each) => [each.facts.place, startedOf(each)]))
      if (plain.length > 0) await writeStarts(sql, rowsOf(plain, requests, started))
      return started
    },
  })

  function rowsOf(plain: Plain[], requests: RequestRow[], started: Map<number, Started>) {
    const at = iso(ctx.clock.now())
    const realAt = iso(ctx.clock.real())
    const journal: BatchJournalRow[] = []
    for (const { start, facts } of plain) {
      const common = { at: iso(start.receivedAt), real_at: realAt, depot_id: start.depotId, actor: `charger:${start.chargerId}` }
      const event = { ...start, verdict: 'accepted' as const }
      for (const { kind, data } of startedLines(event, facts.sessionId, facts.portId, start.flags))
        journal.push({ ...common, kind, subject: `session:${facts.sessionId}`, data })
    }
    return {
      at,
      realAt,
      sessions: plain.map(sessionOf),
      requests,
      journal,
      messages: plain.map(({ start, facts }) => ({ ...start.message, answer: started.get(facts.place)!.answer })),
      heard: plain.map(({ start }) => ({ id: start.chargerId, at: iso(start.receivedAt) })).sort((a, b) => (a.id < b.id ? -1 : 1)),
    }
  }
}

const askedOfStart = ({ place, item }: Placed<Start>) => ({
  ...{ place, chargerId: item.chargerId, depotId: item.depotId, port: item.port },
  ...{ idTag: sameTag(item.idTag), at: item.at, startKey: item.startKey },
})

type Plain = { start: Start; facts: StartFacts }

function plainOnes(starts: Placed<Start>[], all: StartFacts[]): Plain[] {
  const byPlace = new Map(starts.map(({ place, item }) => [place, item]))
  return all.flatMap((facts) => {
    const start = byPlace.get(facts.place)!
    const token = facts.token && { ...facts.token, busyElsewhere: !start.late && facts.token.busyElsewhere }
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
    if (current && (isGivenUp(current, start.at) || current.sessionId !== null)) plain.splice(plain.indexOf(each), 1)
    else requests.push(attemptOf(start, facts, current))
  }
  const visits = await visitsToRetry(
    sql,
    requests.filter(({ id, visitId }) => id === visitId),
  )
  return requests.map((request) => ({ ...request, visitId: visits.get(request.id) ?? request.visitId }))
}

function attemptOf(
  { depotId, at, idTag, late }: Start,
  { portId, vehicleId, sessionId }: StartFacts,
  current: RequestRow | undefined,
): RequestRow {
  const tag = sameTag(idTag)
  const id = current?.id ?? randomUUID()
  const found = current
    ? askedOf(current, { idTag: tag, vehicleId }, at)
    : { id, visitId: id, ...firstOf({ source: 'authorize', depotId, portId, at, idTag: tag, vehicleId }) }
  return accepted(startedRequest(found, { at, idTag: tag, vehicleId, sessionId, late }), at)
}

const sessionOf = ({ start, facts }: Plain): NewSession => ({
  id: facts.sessionId,
  depot_id: start.depotId,
  port_id: facts.portId,
  id_tag: sameTag(start.idTag),
  token_id: facts.token!.id,
  vehicle_id: facts.vehicleId,
  driver_id: facts.token!.driverId,
  duty_id: facts.dutyId,
  start_key: start.startKey,
  started_at: iso(start.at),
  received_at: iso(start.receivedAt),
  meter_wh: start.meterStartWh,
  meter_at: iso(earliest(start.at, start.receivedAt)),
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
  const event: RecordedEvent = {
    ...{ kind: 'started', at, port, idTag, verdict: 'accepted', meterStartWh, late, flags, startKey },
    ...{ portId, session: sessionId, depotId, chargerId, receivedAt },
  }
  const commit = { events: [event], fresh: [event], causes: [`a session started at ${bay}`] }
  return { authorisation, sessionId, answer: start.answer(authorisation, sessionId), commit }
}
