import type { ChargingEvent, Reading, RecordedEvent } from '#lib/charging/event.ts'
import { endOf, type SessionEnd } from '#lib/charging/session-end.ts'
import { sameTag, verdictOf } from '#lib/charging/verdict.ts'
import { type Instant, iso } from '#lib/time/instant.ts'
import type { WattHours } from '#lib/units/units.ts'
import { priceSessions } from '../billing/price-session.ts'
import { poweredRequest, stoppedRequest } from '../kpi/collect-requests.ts'
import type { RequestRow } from '../store/kpi.ts'
import { type BatchJournalRow, type BatchRows, batchStatement, type MessageRow } from '../store/meter.ts'
import type { Sql } from '../store/sql.ts'
import { endSessions, requestsOfSessions, type StopFacts, saveEnded, stopFacts } from '../store/stop.ts'
import type { Authorisation } from './authorise.ts'
import type { Commit } from './record.ts'
import { meteredRows } from './record-readings.ts'
import { priceFailed, type Stopped as StoppedEvent, stoppedLines } from './record-session.ts'
import type { RecordCtx } from './recording.ts'
import { makeSets, type Placed } from './sets.ts'

/** A transaction that a charger says has ended. */
export type Stop = {
  chargerId: string
  depotId: string
  sessionId: number
  at: Instant
  receivedAt: Instant
  meterStopWh: WattHours
  reason: string
  idTag?: string
  late: boolean
  flags: string[]
  /** What it told of the session's readings with its end. */
  readings: Reading[]
  /** Its row in the raw log, without the answer. */
  message: MessageRow
  /** `authorisation`: of the card that ended it, where one did. */
  answer: (authorisation: Authorisation | undefined) => Record<string, unknown>
}
export type Stopped = { answer: Record<string, unknown>; commit: Commit }

/** Records an end with others'. `undefined`: it is not a plain one; nothing was written, and the path of one by one decides. */
export type StopMany = (stop: Stop) => Promise<Stopped | undefined>

type Ending = { stop: Stop; facts: StopFacts; end: SessionEnd }

/**
 * Ends of many chargers' sessions in sets: what `recordStopped`, `recordMetered` and `collectRequests` do for an open session of that charger,
 * its price included. An end for a session that we do not know, or that has one already, is left to the path of one by one.
 */
export function makeStopMany(ctx: RecordCtx): StopMany {
  return makeSets<Stop, Stopped>(ctx, {
    what: 'ends',
    namesOf: ({ chargerId, sessionId }) => [`charger ${chargerId}`, `session ${sessionId}`],
    async write(sql, _, free) {
      const stops = await free
      const endings = stops.length === 0 ? [] : await lookedUp(sql, stops)
      if (endings.length === 0) return { result: new Map() }
      const sessionIds = endings.map(({ facts }) => facts.sessionId)
      await endSessions(sql, endings.map(endedSession))
      const unpriced = await priceSessions(sql, sessionIds)
      await saveEnded(sql, seenBy(endings, await requestsOfSessions(sql, sessionIds)))
      const stopped = new Map(endings.map((ending) => [ending.facts.place, stoppedOf(ending)]))
      return { result: stopped, last: sql(batchStatement(rowsOf(endings, stopped, unpriced))) }
    },
  })

  async function lookedUp(sql: Sql, stops: Placed<Stop>[]): Promise<Ending[]> {
    const byPlace = new Map(stops.map(({ place, item }) => [place, item]))
    const asked = (some: Iterable<[number, Stop]>) =>
      Array.from(some, ([place, { chargerId, depotId, sessionId, idTag }]) => ({
        ...{ place, chargerId, depotId, sessionId, stoppedBy: idTag === undefined ? undefined : sameTag(idTag) },
      }))
    let all = await stopFacts(sql, asked(byPlace))
    const metered = all.flatMap(({ place, portId, sessionId }) => {
      const { readings, receivedAt } = byPlace.get(place)!
      return readings.length === 0 ? [] : [{ portId, sessionId, readings, late: true, receivedAt }]
    })
    if (metered.length > 0) {
      await sql(batchStatement({ ...nothing(), ...meteredRows(metered) }))
      // the readings moved the sessions' registers
      all = await stopFacts(sql, asked(all.map(({ place }) => [place, byPlace.get(place)!])))
    }
    return all.map((facts) => {
      const stop = byPlace.get(facts.place)!
      return { stop, facts, end: endOf(facts, { ...stop, byOther: facts.byOther }) }
    })
  }

  function nothing(): BatchRows {
    const now = { at: iso(ctx.clock.now()), realAt: iso(ctx.clock.real()) }
    return { ...now, heard: [], messages: [], readings: [], power: [], progress: [], journal: [] }
  }

  function rowsOf(endings: Ending[], stopped: Map<number, Stopped>, unpriced: Map<number, unknown>): BatchRows {
    const rows = nothing()
    for (const { stop, facts, end } of endings) {
      const { depotId, chargerId, receivedAt } = stop
      const at = iso(receivedAt)
      const subject = `session:${facts.sessionId}`
      const common = { at, real_at: rows.realAt, depot_id: depotId, actor: `charger:${chargerId}`, subject }
      const lines = stoppedLines(eventOf(stop, facts), facts.portId, end.fresh)
      if (unpriced.has(facts.sessionId)) lines.unshift(priceFailed(unpriced.get(facts.sessionId)))
      rows.journal.push(...lines.map((line): BatchJournalRow => ({ ...common, ...line })))
      rows.messages.push({ ...stop.message, answer: stopped.get(facts.place)!.answer })
      rows.heard.push({ id: chargerId, at })
      // the power of a session that ended is no longer drawn
      if (!stop.late) rows.power.push({ id: facts.portId, power_w: 0, at: receivedAt })
    }
    rows.heard.sort((a, b) => (a.id < b.id ? -1 : 1))
    return rows
  }
}

const endedSession = ({ stop, facts, end }: Ending) => ({
  ...{ id: facts.sessionId, meterStopWh: stop.meterStopWh, reason: stop.reason },
  ...{ stoppedAt: end.stoppedAt, lastMeterAt: end.lastMeterAt, energyWh: end.energyWh, flags: end.flags },
})

/** What the attempts of these sessions become; those that change nothing are left out. */
function seenBy(endings: Ending[], requests: RequestRow[]): RequestRow[] {
  const bySession = new Map(endings.map((ending) => [ending.facts.sessionId, ending]))
  return requests.flatMap((request) => {
    const { stop, facts } = bySession.get(request.sessionId!)!
    const seen = poweredRequest(stoppedRequest(request, stop, facts.meterStartWh), stop.readings, facts.meterStartWh)
    return JSON.stringify(seen) === JSON.stringify(request) ? [] : [seen]
  })
}

const eventOf = ({ at, meterStopWh, reason, idTag, late, flags }: Stop, { port, sessionId }: StopFacts): StoppedEvent => ({
  ...{ kind: 'stopped', at, port, sessionId, meterStopWh, reason, late, flags },
  ...(idTag === undefined ? {} : { idTag }),
})

function stoppedOf({ stop, facts }: Ending): Stopped {
  const { chargerId, depotId, receivedAt, readings, at, idTag } = stop
  const { sessionId, portId, port, token } = facts
  const recorded = (event: ChargingEvent): RecordedEvent => ({ ...event, portId, session: sessionId, depotId, chargerId, receivedAt })
  const events = [recorded(eventOf(stop, facts))]
  if (readings.length > 0) events.unshift(recorded({ kind: 'metered', port, sessionId, readings, late: true }))
  const authorisation: Authorisation | undefined =
    idTag === undefined
      ? undefined
      : {
          verdict: verdictOf(token, at),
          ...(token?.expiresAt === undefined ? {} : { expiresAt: token.expiresAt }),
          ...(token?.parentIdTag == null ? {} : { parentIdTag: token.parentIdTag }),
        }
  return { answer: stop.answer(authorisation), commit: { events, fresh: events, causes: ['a session ended'] } }
}
