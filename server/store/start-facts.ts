import { pluggedStatuses } from '#lib/charging/port-status.ts'
import type { TokenFacts } from '#lib/charging/verdict.ts'
import { days, type Instant, instant } from '#lib/time/instant.ts'
import { momentOf, numbers, texts, textsOf } from './columns.ts'
import { COLUMNS, MERGE_MS, RETRY_MS, type RequestRecord, type RequestRow, read } from './kpi.ts'
import type { Sql } from './sql.ts'

// What the starts of many chargers ask of the database before they are recorded (docs/decisions/010, 013): each question once for all of them.

/** A start as it is looked up. `place` tells it from the others of its set. */
export type StartAsked = {
  place: number
  chargerId: string
  depotId: string
  portId: string
  idTag: string
  at: Instant
  startKey: string
}

/** What is known about a start before it is recorded. */
export type StartFacts = {
  place: number
  portId: string
  bay: string
  /** Something that the path of one by one decides: known already, a busy port, a reservation, a port out of use. */
  special: boolean
  token: (TokenFacts & { id: string; parentIdTag: string | null; driverId: string | null }) | undefined
  vehicleId: string | null
  currency: string
  sessionId: number
  /** The attempt that goes on at the port. */
  requestId: string | null
  /** An attempt of this card or port failed lately: the start may go on with its visit, or with a card that was shown at no port. */
  askedLately: boolean
}

/** How far back an attempt is looked for that a new one goes on with. */
const VISIT_MS = days(1)

// one entry of an index for each port, card and attempt; whether the newest attempt is over is asked of that one alone, and whether there was one
// before it in which nothing flowed only where it is of the last day (LIMIT 1: none of these may be answered by reading all that is open)
const FACTS = `
SELECT r.place, p.bay, p.inoperative_at IS NOT NULL OR p.held_reason IS NOT NULL AS "outOfUse", d.currency, nextval('session_id_seq')::int AS "sessionId",
  t.id AS "tokenId", t.kind, t.status, t.expires_at AS "expiresAt", t.parent_id_tag AS "parentIdTag", t.driver_id AS "driverId",
  CASE WHEN t.vehicle_id IS NOT NULL THEN t.vehicle_id WHEN t.kind = 'central' OR d.plug_and_go THEN (
    SELECT min(h.id) FROM vehicle h WHERE h.home_port_id = p.id HAVING count(*) = 1) END AS "vehicleId",
  (SELECT true FROM session s JOIN port o ON o.id = s.port_id JOIN charger c ON c.id = o.charger_id
   WHERE s.token_id = t.id AND s.stop_reason IS NULL AND COALESCE(s.stopped_at, 'infinity') = 'infinity' AND s.port_id <> p.id
     AND c.connected_at IS NOT NULL AND o.status IN (${pluggedStatuses.map((status) => `'${status}'`).join(', ')}) LIMIT 1) AS "busyElsewhere",
  CASE WHEN n.session_id IS NULL AND (n.ended_at IS NULL OR n.ended_at > ${momentOf('r.at')}) THEN n.id END AS "requestId",
  CASE WHEN n.requested_at >= ${momentOf(`(r.at - ${VISIT_MS})`)} THEN (SELECT true FROM charge_request q
   WHERE q.port_id = p.id AND q.powered_at IS NULL AND COALESCE(q.ended_at, 'infinity') < 'infinity' AND q.asked_at IS NOT NULL
     AND q.requested_at BETWEEN ${momentOf(`(r.at - ${VISIT_MS})`)} AND ${momentOf(`(r.at + ${MERGE_MS})`)} LIMIT 1) END AS tried
FROM unnest($1::int[], ${textsOf('$2')}, ${textsOf('$3')}, ${textsOf('$4')}, $5::float8[]) AS r(place, depot_id, port_id, id_tag, at)
JOIN port p ON p.id = r.port_id
JOIN depot d ON d.id = r.depot_id
LEFT JOIN token t ON t.id_tag = r.id_tag AND t.depot_id = r.depot_id
LEFT JOIN LATERAL (SELECT q.id, q.session_id, q.requested_at, q.ended_at FROM charge_request q
  WHERE q.port_id = p.id AND q.requested_at <= ${momentOf(`(r.at + ${MERGE_MS})`)} ORDER BY q.requested_at DESC LIMIT 1) n ON true`

// Each line reads one index for all names at once, and answers only where something is there: nothing, most of the time.
const KNOWN = `
SELECT 'key' AS what, s.start_key AS name FROM session s WHERE s.start_key = ANY(${textsOf('$1')})
UNION ALL SELECT 'open', s.port_id FROM session s WHERE s.port_id = ANY(${textsOf('$2')}) AND s.stopped_at IS NULL
UNION ALL SELECT 'reserved', v.charger_id FROM reservation v
  WHERE v.charger_id = ANY(${textsOf('$3')}) AND v.state NOT IN ('refused', 'used', 'cancelled', 'expired')
UNION ALL SELECT CASE WHEN q.port_id IS NULL AND q.ended_at IS NULL AND q.requested_at >= ${momentOf('$6::float8')} THEN 'shown' ELSE 'asked' END, q.id_tag
  FROM charge_request q WHERE q.id_tag = ANY(${textsOf('$4')}) AND q.powered_at IS NULL
    AND q.requested_at BETWEEN ${momentOf('$5::float8')} AND ${momentOf('$7::float8')}`

type FactsRow = {
  place: number
  bay: string
  outOfUse: boolean
  currency: string
  sessionId: number
  tokenId: string | null
  kind: string
  status: string
  expiresAt: Date | null
  parentIdTag: string | null
  driverId: string | null
  vehicleId: string | null
  busyElsewhere: true | null
  requestId: string | null
  tried: true | null
}

/** Both of its questions are asked at once. */
export async function startFacts(sql: Sql, asked: StartAsked[]): Promise<StartFacts[]> {
  const text = FACTS
  const values = [
    numbers(asked, ({ place }) => place),
    texts(asked, ({ depotId }) => depotId),
    texts(asked, ({ portId }) => portId),
    texts(asked, ({ idTag }) => idTag),
    numbers(asked, ({ at }) => at),
  ]
  const [rows, is] = await Promise.all([sql<FactsRow>({ name: 'start-facts', text, values }), known(sql, asked)])
  const byPlace = new Map(asked.map((each) => [each.place, each]))
  return rows.map((row) => {
    const { place, bay, currency, sessionId, vehicleId, requestId, tokenId, kind, status, expiresAt, parentIdTag, driverId } = row
    const { chargerId, portId, idTag, startKey } = byPlace.get(place)!
    const special = row.outOfUse || is('key', startKey) || is('open', portId) || is('reserved', chargerId) || is('shown', idTag)
    return {
      place,
      portId,
      bay,
      special,
      vehicleId,
      currency,
      sessionId,
      requestId,
      askedLately: vehicleId !== null || row.tried === true || is('asked', idTag),
      token:
        tokenId === null
          ? undefined
          : {
              id: tokenId,
              kind,
              status,
              expiresAt: expiresAt ? instant(expiresAt) : undefined,
              busyElsewhere: row.busyElsewhere === true,
              parentIdTag,
              driverId,
            },
    }
  })
}

/** What there is already of these starts. */
async function known(sql: Sql, asked: StartAsked[]): Promise<(what: string, name: string) => boolean> {
  const all = asked.map(({ at }) => at)
  const [first, last] = [Math.min(...all), Math.max(...all)]
  const values = [
    texts(asked, ({ startKey }) => startKey),
    texts(asked, ({ portId }) => portId),
    texts(asked, ({ chargerId }) => chargerId),
    texts(asked, ({ idTag }) => idTag),
    ...[first - VISIT_MS, first - MERGE_MS, last + MERGE_MS],
  ]
  const rows = await sql<{ what: string; name: string }>({ name: 'start-known', text: KNOWN, values })
  if (rows.length === 0) return () => false
  const names = new Set(rows.map(({ what, name }) => `${what} ${name}`))
  return (what, name) => names.has(`${what} ${name}`)
}

/** Until the end of the transaction no port, card, vehicle or driver is deleted. Asked for in a statement of its own: the next one sees what it waited for. */
export const keepWhatSessionsName = (sql: Sql): Promise<object[]> =>
  sql({ name: 'keep-named', text: 'SELECT FROM keep_what_sessions_name()', values: [] })

/** Attempts by their ids, locked. */
export async function lockRequests(sql: Sql, ids: string[]): Promise<Map<string, RequestRow>> {
  if (ids.length === 0) return new Map()
  const text = `SELECT ${COLUMNS} FROM charge_request WHERE id = ANY($1) ORDER BY id FOR UPDATE`
  const rows = await sql<RequestRecord>({ name: 'start-requests', text, values: [ids] })
  return new Map(rows.map((row) => [row.id, read(row)]))
}

// as visitToRetry (server/store/kpi.ts), for many
// (each of the three by its own index, whatever the tables' statistics are)
const VISIT_OF = (same: string) => `
  SELECT q.visit_id, q.requested_at FROM charge_request q
  WHERE ${same} AND q.powered_at IS NULL AND q.depot_id || '' = r.depot_id AND q.id <> r.id
    AND q.requested_at BETWEEN r.at - interval '1 day' AND r.at
    AND GREATEST(q.requested_at, q.ended_at) >= r.at - make_interval(secs => ${RETRY_MS / 1000})`
const VISITS = `
SELECT r.id, (SELECT v.visit_id FROM (
  ${['q.id_tag = r.id_tag', 'q.vehicle_id = r.vehicle_id', 'q.port_id = r.port_id AND q.ended_at IS NOT NULL AND q.asked_at IS NOT NULL']
    .map(VISIT_OF)
    .join(' UNION ALL ')}
) v ORDER BY v.requested_at DESC LIMIT 1) AS visit
FROM (SELECT id, depot_id, vehicle_id, id_tag, port_id, ${momentOf('at')} AS at FROM unnest(
  ${textsOf('$1')}, ${textsOf('$2')}, ${textsOf('$3')}, ${textsOf('$4')}, ${textsOf('$5')}, $6::float8[]) AS r(id, depot_id, vehicle_id, id_tag, port_id, at)) r`

/** The visits that these attempts go on with, where they do. */
export async function visitsToRetry(sql: Sql, requests: RequestRow[]): Promise<Map<string, string>> {
  if (requests.length === 0) return new Map()
  const values = [
    texts(requests, ({ id }) => id),
    texts(requests, ({ depotId }) => depotId),
    texts(requests, ({ vehicleId }) => vehicleId),
    texts(requests, ({ idTag }) => idTag),
    texts(requests, ({ portId }) => portId),
    numbers(requests, ({ requestedAt }) => requestedAt),
  ]
  const rows = await sql<{ id: string; visit: string | null }>({ name: 'start-visits', text: VISITS, values })
  return new Map(rows.flatMap(({ id, visit }) => (visit === null ? [] : [[id, visit] as const])))
}

const DUTIES = `
SELECT r.place, (SELECT u.id FROM duty u WHERE u.vehicle_id = r.vehicle_id AND u.departs_at > ${momentOf('r.at')} ORDER BY u.vehicle_id, u.departs_at LIMIT 1) AS duty
FROM unnest($1::int[], ${textsOf('$2')}, $3::float8[]) AS r(place, vehicle_id, at)`

/** The next departures of vehicles that begin to charge, by the places of their starts. */
export async function dutiesOf(sql: Sql, starts: { place: number; vehicleId: string | null; at: Instant }[]): Promise<Map<number, string>> {
  const some = starts.filter(({ vehicleId }) => vehicleId !== null)
  if (some.length === 0) return new Map()
  const values = [numbers(some, ({ place }) => place), texts(some, ({ vehicleId }) => vehicleId), numbers(some, ({ at }) => at)]
  const rows = await sql<{ place: number; duty: string | null }>({ name: 'start-duties', text: DUTIES, values })
  return new Map(rows.flatMap(({ place, duty }) => (duty === null ? [] : [[place, duty] as const])))
}
