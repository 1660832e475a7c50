import type { TokenFacts } from '#lib/charging/verdict.ts'
import { type Instant, instant, iso } from '#lib/time/instant.ts'
import { pgJson } from './json.ts'
import { COLUMNS, RETRY_MS, type RequestRecord, type RequestRow, read, written } from './kpi.ts'
import { type BatchJournalRow, batchStatement, type MessageRow } from './meter.ts'
import type { Sql } from './sql.ts'

// Starts of many chargers in one transaction (docs/decisions/010). What each asks of the database is asked for all of them at once.

/** A start as it is looked up. `place` tells it from the others of its set. */
export type StartAsked = { place: number; chargerId: string; depotId: string; port: number; idTag: string; at: Instant; startKey: string }

/** What is known about a start before it is recorded. */
export type StartFacts = {
  place: number
  portId: string
  bay: string
  /** Something that the path of one by one decides: known already, a busy port, a reservation, a port out of use, a card shown a moment ago. */
  special: boolean
  token: (TokenFacts & { id: string; parentIdTag: string | null; driverId: string | null }) | undefined
  vehicleId: string | null
  dutyId: string | null
  currency: string
  sessionId: number
  /** The attempt that goes on at the port. */
  requestId: string | null
}

// `|| ''` and COALESCE: not by the indexes of depot and time or of what waits, which statistics of an hour ago make look empty
const FACTS = `
SELECT r.place, p.id AS "portId", p.bay,
  p.inoperative_at IS NOT NULL
    OR EXISTS (SELECT 1 FROM session s WHERE s.start_key = r.start_key)
    OR EXISTS (SELECT 1 FROM session s WHERE s.port_id = p.id AND s.stopped_at IS NULL)
    OR EXISTS (SELECT 1 FROM reservation v WHERE v.charger_id = r.charger_id AND v.state NOT IN ('refused', 'used', 'cancelled', 'expired'))
    OR EXISTS (SELECT 1 FROM charge_request q WHERE q.depot_id || '' = r.depot_id AND q.port_id IS NULL AND q.id_tag = r.id_tag
      AND q.powered_at IS NULL AND COALESCE(q.ended_at, 'infinity') = 'infinity' AND q.requested_at BETWEEN r.at - interval '5 minutes' AND r.at + interval '5 minutes')
    AS special,
  t.id AS "tokenId", t.kind, t.status, t.expires_at AS "expiresAt", t.parent_id_tag AS "parentIdTag", t.driver_id AS "driverId",
  EXISTS (SELECT 1 FROM session s JOIN port o ON o.id = s.port_id JOIN charger oc ON oc.id = o.charger_id
    WHERE s.token_id = t.id AND s.stop_reason IS NULL AND COALESCE(s.stopped_at, 'infinity') = 'infinity' AND s.port_id <> p.id AND oc.connected_at IS NOT NULL
      AND o.status IN ('plugged', 'charging', 'pausedByCharger', 'pausedByVehicle', 'finishing')) AS "busyElsewhere",
  v.id AS "vehicleId",
  (SELECT u.id FROM duty u WHERE u.vehicle_id = v.id AND u.departs_at > r.at ORDER BY u.departs_at LIMIT 1) AS "dutyId",
  d.currency, nextval('session_id_seq')::int AS "sessionId",
  (SELECT CASE WHEN q.session_id IS NULL THEN q.id END FROM charge_request q
   WHERE q.port_id = p.id AND q.requested_at <= r.at + interval '5 minutes' AND (q.ended_at IS NULL OR q.ended_at > r.at)
   ORDER BY q.requested_at DESC LIMIT 1) AS "requestId"
FROM unnest($1::int[], $2::text[], $3::text[], $4::int[], $5::text[], $6::timestamptz[], $7::text[])
  AS r(place, charger_id, depot_id, number, id_tag, at, start_key)
JOIN port p ON p.charger_id = r.charger_id AND p.number = r.number
JOIN depot d ON d.id = r.depot_id
LEFT JOIN token t ON t.id_tag = r.id_tag AND t.depot_id = r.depot_id
LEFT JOIN LATERAL (
  SELECT COALESCE(t.vehicle_id, (
    SELECT min(h.id) FROM vehicle h WHERE h.home_port_id = p.id AND (t.kind = 'central' OR d.plug_and_go) HAVING count(*) = 1)) AS id
) v ON true`

type FactsRow = Omit<StartFacts, 'token'> & {
  tokenId: string | null
  kind: string
  status: string
  expiresAt: Date | null
  parentIdTag: string | null
  driverId: string | null
  busyElsewhere: boolean
}

export async function startFacts(sql: Sql, asked: StartAsked[]): Promise<StartFacts[]> {
  const column = <Value>(of: (each: StartAsked) => Value) => asked.map(of)
  const rows = await sql<FactsRow>({
    name: 'start-facts',
    text: FACTS,
    values: [
      column(({ place }) => place),
      column(({ chargerId }) => chargerId),
      column(({ depotId }) => depotId),
      column(({ port }) => port),
      column(({ idTag }) => idTag),
      column(({ at }) => iso(at)),
      column(({ startKey }) => startKey),
    ],
  })
  return rows.map(({ tokenId, kind, status, expiresAt, parentIdTag, driverId, busyElsewhere, ...facts }) => ({
    ...facts,
    token:
      tokenId === null
        ? undefined
        : { id: tokenId, kind, status, expiresAt: expiresAt ? instant(expiresAt) : undefined, busyElsewhere, parentIdTag, driverId },
  }))
}

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
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) AS r(id, depot_id, vehicle_id, id_tag, port_id, at)`

/** The visits that these attempts go on with, where they do. */
export async function visitsToRetry(sql: Sql, requests: RequestRow[]): Promise<Map<string, string>> {
  if (requests.length === 0) return new Map()
  const rows = await sql<{ id: string; visit: string | null }>({
    name: 'start-visits',
    text: VISITS,
    values: [
      requests.map(({ id }) => id),
      requests.map(({ depotId }) => depotId),
      requests.map(({ vehicleId }) => vehicleId),
      requests.map(({ idTag }) => idTag),
      requests.map(({ portId }) => portId),
      requests.map(({ requestedAt }) => iso(requestedAt)),
    ],
  })
  return new Map(rows.flatMap(({ id, visit }) => (visit === null ? [] : [[id, visit] as const])))
}

/** A session as it begins. */
export type NewSession = {
  id: number
  depot_id: string
  port_id: string
  id_tag: string
  token_id: string
  vehicle_id: string | null
  driver_id: string | null
  duty_id: string | null
  start_key: string
  started_at: string
  received_at: string
  meter_wh: number
  meter_at: string
  currency: string
  flags: string[]
}

const WRITE = `
WITH begun AS (
  INSERT INTO session (id, depot_id, port_id, id_tag, token_id, vehicle_id, driver_id, duty_id, start_key, started_at, received_at, meter_start_wh,
    last_meter_wh, last_meter_at, currency, flags)
  SELECT id, depot_id, port_id, id_tag, token_id, vehicle_id, driver_id, duty_id, start_key, started_at, received_at, meter_wh, meter_wh, meter_at,
    currency, flags
  FROM json_to_recordset($1::json) AS r(id int, depot_id text, port_id text, id_tag text, token_id text, vehicle_id text, driver_id text, duty_id text,
    start_key text, started_at timestamptz, received_at timestamptz, meter_wh bigint, meter_at timestamptz, currency text, flags text[])
)
INSERT INTO charge_request (id, depot_id, visit_id, source, port_id, vehicle_id, id_tag, session_id, requested_at, plugged_at, asked_at, accepted_at,
  promised_at, powered_at, ended_at, outcome, stage_failed, inferred, evidence)
SELECT id, "depotId", "visitId", source, "portId", "vehicleId", "idTag", "sessionId", "requestedAt", "pluggedAt", "askedAt", "acceptedAt",
  "promisedAt", "poweredAt", "endedAt", NULL, NULL, inferred, evidence
FROM json_to_recordset($2::json) AS r(id text, "depotId" text, "visitId" text, source text, "portId" text, "vehicleId" text, "idTag" text,
  "sessionId" int, "requestedAt" timestamptz, "pluggedAt" timestamptz, "askedAt" timestamptz, "acceptedAt" timestamptz, "promisedAt" timestamptz,
  "poweredAt" timestamptz, "endedAt" timestamptz, inferred boolean, evidence jsonb)
ON CONFLICT (id) DO UPDATE SET visit_id = EXCLUDED.visit_id, vehicle_id = EXCLUDED.vehicle_id, id_tag = EXCLUDED.id_tag,
  session_id = EXCLUDED.session_id, requested_at = EXCLUDED.requested_at, plugged_at = EXCLUDED.plugged_at, asked_at = EXCLUDED.asked_at,
  accepted_at = EXCLUDED.accepted_at, powered_at = EXCLUDED.powered_at, outcome = NULL, stage_failed = NULL, evidence = EXCLUDED.evidence`

/** Everything that the starts of one set become. */
export type StartRows = {
  at: string
  realAt: string
  sessions: NewSession[]
  requests: RequestRow[]
  journal: BatchJournalRow[]
  messages: MessageRow[]
  heard: { id: string; at: string }[]
}

export async function writeStarts(sql: Sql, { sessions, requests, ...rows }: StartRows): Promise<void> {
  const values = [pgJson(sessions), pgJson(requests.map((request) => ({ id: request.id, ...written(request) })))]
  await sql({ name: 'start-write', text: WRITE, values })
  await sql(batchStatement({ ...rows, readings: [], power: [], progress: [] }))
}
