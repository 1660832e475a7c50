import { pgJson } from './json.ts'

// The one statement by which messages of many chargers become rows: one round trip, one commit. JSON carries the rows, so that the
// same text serves the batch (pg, prepared) and a transaction of Prisma.

export type MessageRow = {
  at: string
  charger_id: string
  direction: 'in' | 'out'
  type: 'call' | 'result' | 'error' | 'bad'
  message_id: string
  action: string | null
  payload: unknown
  note: string | null
}
export type HeardRow = { id: string; at: string }
export type ReadingRow = {
  at: string
  port_id: string
  digest: string
  received_at: string
  session_id: number | null
  energy_wh: number | null
  power_w: number | null
  current_ma: number[]
  voltage_mv: number[]
  offered_ma: number | null
  soc_pct: number | null
  context: string
  flags: string[]
}
export type PortPowerRow = { id: string; power_w: number; at: string }
/** What the readings of one session add: its first and last register in this batch and what it rose in between. */
export type ProgressRow = {
  session_id: number
  first_wh: number | null
  first_at: string | null
  last_wh: number | null
  last_at: string | null
  rise_wh: number
  down: boolean
  soc_pct: number | null
  flags: string[]
}
export type BatchJournalRow = {
  at: string
  real_at: string
  depot_id: string | null
  actor: string
  kind: string
  subject: string | null
  data: Record<string, unknown>
}

export type BatchRows = {
  at: string
  realAt: string
  heard: HeardRow[]
  messages: MessageRow[]
  readings: ReadingRow[]
  power: PortPowerRow[]
  progress: ProgressRow[]
  journal: BatchJournalRow[]
}

/** Ports with a charge request that still waits for energy: KPI 1 wants to know of their readings. */
export type BatchResult = { waiting: string[] }

export const BATCH = `
WITH heard AS (
  UPDATE charger c SET seen_at = GREATEST(c.seen_at, r.at) FROM json_to_recordset($3::json) AS r(id text, at timestamptz) WHERE c.id = r.id
), logged AS (
  INSERT INTO ocpp_message (at, charger_id, direction, type, message_id, action, payload, note)
  SELECT r.at, r.charger_id, r.direction, r.type, r.message_id, r.action, COALESCE(r.payload, 'null'), r.note
  FROM json_to_recordset($4::json)
    AS r(at timestamptz, charger_id text, direction text, type text, message_id text, action text, payload jsonb, note text)
), said AS (
  INSERT INTO meter_reading (at, port_id, digest, received_at, session_id, energy_wh, power_w, current_ma, voltage_mv, offered_ma, soc_pct, context, flags)
  SELECT r.at, r.port_id, r.digest, r.received_at, r.session_id, r.energy_wh, r.power_w, r.current_ma, r.voltage_mv, r.offered_ma, r.soc_pct, r.context, r.flags
  FROM json_to_recordset($5::json)
    AS r(at timestamptz, port_id text, digest text, received_at timestamptz, session_id int, energy_wh bigint, power_w int, current_ma int[],
         voltage_mv int[], offered_ma int, soc_pct float8, context text, flags text[])
  ON CONFLICT DO NOTHING
), drawn AS (
  UPDATE port p SET power_w = r.power_w, power_at = r.at
  FROM json_to_recordset($6::json) AS r(id text, power_w int, at timestamptz)
  WHERE p.id = r.id AND (p.power_at IS NULL OR p.power_at <= r.at)
), known AS (
  SELECT s.id, s.depot_id, s.port_id, s.stopped_at, s.flags AS had, r.*,
    COALESCE(s.last_meter_wh, s.meter_start_wh) AS last_known,
    (s.last_meter_at IS NULL OR r.last_at >= s.last_meter_at) AS newer,
    r.down OR (r.first_wh < COALESCE(s.last_meter_wh, s.meter_start_wh) AND (s.last_meter_at IS NULL OR r.first_at > s.last_meter_at)) AS backwards
  FROM json_to_recordset($7::json)
    AS r(session_id int, first_wh bigint, first_at timestamptz, last_wh bigint, last_at timestamptz, rise_wh bigint, down boolean, soc_pct float8, flags text[])
  JOIN session s ON s.id = r.session_id FOR UPDATE OF s
), flagged AS (
  SELECT k.*, ARRAY(SELECT DISTINCT f FROM unnest(k.flags || CASE WHEN k.backwards THEN ARRAY['meterBackwards'] ELSE '{}'::text[] END) AS f
                    WHERE NOT f = ANY(k.had)) AS fresh
  FROM known k
), moved AS (
  UPDATE session s SET
    last_meter_wh = CASE WHEN f.newer AND f.last_wh IS NOT NULL AND s.stopped_at IS NULL THEN f.last_wh ELSE s.last_meter_wh END,
    last_meter_at = CASE WHEN f.newer AND f.last_wh IS NOT NULL AND s.stopped_at IS NULL THEN f.last_at ELSE s.last_meter_at END,
    energy_wh = s.energy_wh + CASE WHEN f.newer AND f.last_wh IS NOT NULL AND s.stopped_at IS NULL
      THEN f.rise_wh + GREATEST(0, f.first_wh - f.last_known) ELSE 0 END,
    soc_start_pct = COALESCE(s.soc_start_pct, f.soc_pct),
    soc_end_pct = CASE WHEN f.newer THEN COALESCE(f.soc_pct, s.soc_end_pct) ELSE s.soc_end_pct END,
    flags = s.flags || f.fresh
  FROM flagged f WHERE s.id = f.id
), noted AS (
  INSERT INTO journal (at, real_at, depot_id, actor, kind, subject, data)
  SELECT $1::timestamptz, $2::timestamptz, f.depot_id, 'port:' || f.port_id, 'review.' || flag, 'session:' || f.id,
    jsonb_build_object('sessionId', f.id, 'portId', f.port_id, 'lastWh', f.last_known, 'firstWh', f.first_wh, 'toWh', f.last_wh)
  FROM flagged f, unnest(f.fresh) AS flag WHERE flag <> ALL(ARRAY['deliveredLate', 'clockCorrected'])
  UNION ALL
  SELECT r.at, r.real_at, r.depot_id, r.actor, r.kind, r.subject, r.data
  FROM json_to_recordset($8::json) AS r(at timestamptz, real_at timestamptz, depot_id text, actor text, kind text, subject text, data jsonb)
)
SELECT DISTINCT q.port_id FROM charge_request q
WHERE q.outcome IS NULL AND q.powered_at IS NULL
  AND q.port_id = ANY($9::text[])`

export const batchValues = (rows: BatchRows): (string | string[])[] => [
  rows.at,
  rows.realAt,
  pgJson(rows.heard),
  pgJson(rows.messages),
  pgJson(rows.readings),
  pgJson(rows.power),
  pgJson(rows.progress),
  pgJson(rows.journal),
  [...new Set(rows.readings.map(({ port_id }) => port_id))],
]
