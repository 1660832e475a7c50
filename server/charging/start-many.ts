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
import { lockChargers, lockRequests, type NewSession, type StartFacts, startFacts, visitsToRetry, writeStarts } from '../store/start.ts'
import { isDatabaseAway } from '../store/unavailable.ts'
import type { Authorisation } from './authorise.ts'
import type { Commit } from './record.ts'
import { startedLines } from './record-session.ts'
import type { RecordCtx } from './recording.ts'

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

type Waiting = { start: Start; done: (started: Started | undefined) => void; failed: (error: unknown) => void }

// plans that are kept were made when the tables were small: a set must never read one whole
const BEGIN = 'BEGIN; SET LOCAL enable_seqscan = off'
const MOST = 250
/** While one set is in the database, the answers of the other leave and the next one gathers. */
const AT_ONCE = 2
/** Chargers have this long to join a set that is about to be written (real ms). */
const WINDOW_MS = 3

/**
 * Starts of many chargers, one transaction for all that wait: what `recordStarted` and `collectRequests` do for a token that may charge, at a free
 * port that we know, the first time it is said. While a set is being written the next one gathers. One start of a charger and of a card is under way at a
 * time; anything else about a start (`special` of server/store/start.ts, a refused token) is left to the path of one by one.
 */
export function makeStartMany(ctx: RecordCtx): StartMany {
  let waiting: Waiting[] = []
  let running = 0
  /** Chargers and cards of the sets that are being written. */
  const under = new Set<string>()

  async function run() {
    await new Promise((soon) => setTimeout(soon, WINDOW_MS))
    for (let set = takeSet(); set.length > 0; set = takeSet()) {
      try {
        const started = await writeSet(set.map(({ start }) => start))
        for (const [place, { done }] of set.entries()) done(started.get(place))
      } catch (error) {
        if (!isDatabaseAway(error)) ctx.log.warn({ err: error }, 'starts could not be written together; each goes alone')
        for (const { done, failed } of set) isDatabaseAway(error) ? failed(error) : done(undefined)
      } finally {
        for (const { start } of set) for (const name of namesOf(start)) under.delete(name)
      }
    }
    running--
  }

  /** The oldest first, one of each charger and card. */
  function takeSet(): Waiting[] {
    const set: Waiting[] = []
    const later: Waiting[] = []
    for (const each of waiting) {
      const names = namesOf(each.start)
      if (set.length >= MOST || names.some((name) => under.has(name))) later.push(each)
      else {
        for (const name of names) under.add(name)
        set.push(each)
      }
    }
    waiting = later
    return set
  }

  async function writeSet(starts: Start[]): Promise<Map<number, Started>> {
    const client = await ctx.db.pool.connect()
    try {
      await client.query(BEGIN)
      const locked = await lockChargers(
        client,
        starts.map(({ chargerId }) => chargerId),
      )
      const asked = starts.flatMap(({ chargerId, depotId, port, idTag, at, startKey }, place) =>
        locked.has(chargerId) ? [{ place, chargerId, depotId, port, idTag: sameTag(idTag), at, startKey }] : [],
      )
      const plain = plainOnes(starts, asked.length === 0 ? [] : await startFacts(client, asked))
      const requests = await attempts(plain)
      const started = new Map(plain.map((each) => [each.facts.place, startedOf(each)]))
      if (plain.length > 0) await writeStarts(client, rowsOf(plain, requests, started))
      await client.query('COMMIT')
      client.release()
      return started
    } catch (error) {
      await client.query('ROLLBACK').catch(() => {})
      client.release(isDatabaseAway(error))
      throw error
    }

    /** The attempt of KPI 1 that each start belongs to. */
    async function attempts(plain: Plain[]): Promise<RequestRow[]> {
      const known = await lockRequests(
        client,
        plain.flatMap(({ facts }) => facts.requestId ?? []),
      )
      const requests: RequestRow[] = []
      for (const { start, facts } of [...plain]) {
        const current = facts.requestId === null ? undefined : known.get(facts.requestId)
        if (current && (isGivenUp(current, start.at) || current.sessionId !== null)) {
          plain.splice(
            plain.findIndex((each) => each.facts === facts),
            1,
          )
          continue
        }
        requests.push(attemptOf(start, facts, current))
      }
      const visits = await visitsToRetry(
        client,
        requests.filter(({ id, visitId }) => id === visitId),
      )
      return requests.map((request) => ({ ...request, visitId: visits.get(request.id) ?? request.visitId }))
    }
  }

  return (start) =>
    new Promise((done, failed) => {
      waiting.push({ start, done, failed })
      if (running >= AT_ONCE) return
      running++
      void run()
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

const namesOf = ({ chargerId, idTag }: Start): string[] => [`charger ${chargerId}`, `card ${sameTag(idTag)}`]

type Plain = { start: Start; facts: StartFacts }

function plainOnes(starts: Start[], all: StartFacts[]): Plain[] {
  return all.flatMap((facts) => {
    const start = starts[facts.place]!
    const token = facts.token && { ...facts.token, busyElsewhere: !start.late && facts.token.busyElsewhere }
    return facts.special || verdictOf(token, start.at) !== 'accepted' ? [] : [{ start, facts }]
  })
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
