import type { Instant } from '#lib/time/instant.ts'
import { clean, momentOf, numbers, texts, textsOf } from './columns.ts'
import { pgJson, storedJson, written } from './json.ts'

// The one statement by which messages of many chargers become rows: one round trip, one commit. The rows travel as columns (docs/decisions/009):
// numbers and moments (as milliseconds) as array literals, texts joined by a character that no JSON text holds. The same text serves the batch
// (pg, prepared) and a transaction of Prisma.

export type MessageRow = {
  at: Instant
  charger_id: string
  direction: 'in' | 'out'
  type: 'call' | 'result' | 'error' | 'bad'
  message_id: string
  action: string | null
  /** JSON. */
  payload: string
  note: string | null
  /** Of a call that is answered when this is committed. */
  answer?: unknown
}
export type HeardRow = { id: string; at: string }
export type ReadingRow = {
  at: Instant
  port_id: string
  digest: string
  received_at: Instant
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
export type PortPowerRow = { id: string; power_w: number; at: Instant }
/** What the readings of one session add: its first and last register in this batch and what it rose in between. */
export type ProgressRow = {
  session_id: number
  first_wh: number | null
  first_at: Instant | null
  last_wh: number | null
  last_at: Instant
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

// a charger whose own transaction is open is passed over: everybody's messages would wait for it, and it is seen again in some seconds
const heardAndLogged = (p: (place: number) => string) => `
WITH free AS (
  SELECT c.id, r.at FROM unnest(${textsOf(p(0))}, ${p(1)}::timestamptz[]) AS r(id, at) JOIN charger c ON c.id = r.id FOR NO KEY UPDATE OF c SKIP LOCKED
), heard AS (
  UPDATE charger c SET seen_at = GREATEST(c.seen_at, f.at) FROM free f WHERE c.id = f.id
), logged AS (
  INSERT INTO ocpp_message (at, charger_id, direction, type, message_id, action, payload, note, answer)
  SELECT ${momentOf('r.at')}, r.charger_id, r.direction, r.type, COALESCE(r.message_id, ''), r.action, r.payload::json, r.note, r.answer::json
  FROM unnest(${p(2)}::float8[], ${textsOf(p(3))}, ${textsOf(p(4))}, ${textsOf(p(5))}, ${textsOf(p(6))}, ${textsOf(p(7))}, ${textsOf(p(8))},
    ${textsOf(p(9))}, ${textsOf(p(10))}) AS r(at, charger_id, direction, type, message_id, action, payload, note, answer)
)`
const from = (first: number) => (place: number) => `$${first + place}`

/** Where nothing but the raw log and signs of life is written. */
const LOG = `${heardAndLogged(from(1))} SELECT 1 WHERE false`

const BATCH = `${heardAndLogged(from(5))}, said AS (
  INSERT INTO meter_reading (at, port_id, digest, received_at, session_id, energy_wh, power_w, current_ma, voltage_mv, offered_ma, soc_pct, context, flags)
  SELECT ${momentOf('r.at')}, r.port_id, r.digest, ${momentOf('r.received_at')}, r.session_id, r.energy_wh, r.power_w, r.current_ma::int[], r.voltage_mv::int[], r.offered_ma,
    r.soc_pct, r.context, r.flags::text[]
  FROM unnest($16::float8[], ${textsOf('$17')}, ${textsOf('$18')}, $19::float8[], $20::int[], $21::bigint[], $22::int[], ${textsOf('$23')},
    ${textsOf('$24')}, $25::int[], $26::float8[], ${textsOf('$27')}, ${textsOf('$28')})
    AS r(at, port_id, digest, received_at, session_id, energy_wh, power_w, current_ma, voltage_mv, offered_ma, soc_pct, context, flags)
  ON CONFLICT DO NOTHING
), drawn AS (
  UPDATE port p SET power_w = r.power_w, power_at = ${momentOf('r.at')}
  FROM unnest(${textsOf('$29')}, $30::int[], $31::float8[]) AS r(id, power_w, at)
  WHERE p.id = r.id AND (p.power_at IS NULL OR p.power_at <= ${momentOf('r.at')})
), known AS (
  SELECT s.id, s.depot_id, s.port_id, s.stopped_at, s.flags AS had, r.*,
    COALESCE(s.last_meter_wh, s.meter_start_wh) AS last_known,
    (s.last_meter_at IS NULL OR r.last_at >= s.last_meter_at) AS newer,
    r.down OR (r.first_wh < COALESCE(s.last_meter_wh, s.meter_start_wh) AND (s.last_meter_at IS NULL OR r.first_at > s.last_meter_at)) AS backwards
  FROM (
    SELECT session_id, first_wh, ${momentOf('first_at')} AS first_at, last_wh, ${momentOf('last_at')} AS last_at, rise_wh, down, soc_pct, flags
    FROM json_to_recordset($3::json)
      AS t(session_id int, first_wh bigint, first_at float8, last_wh bigint, last_at float8, rise_wh bigint, down boolean, soc_pct float8, flags text[])
  ) r JOIN session s ON s.id = r.session_id FOR UPDATE OF s
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
  FROM json_to_recordset($4::json) AS r(at timestamptz, real_at timestamptz, depot_id text, actor text, kind text, subject text, data jsonb)
)
SELECT DISTINCT q.port_id FROM charge_request q
WHERE q.outcome IS NULL AND q.powered_at IS NULL AND q.port_id = ANY(${textsOf('$17')})`

/** The statement that writes `rows`. It answers with the ports whose charge request still waits for energy: KPI 1 wants to know of their readings. */
export function batchStatement(rows: BatchRows): { name: string; text: string; values: string[] } {
  const { heard, messages, readings, power, progress, journal } = rows
  const logged = [
    texts(heard, ({ id }) => id),
    moments(heard, ({ at }) => at),
    numbers(messages, ({ at }) => at),
    texts(messages, ({ charger_id }) => charger_id),
    texts(messages, ({ direction }) => direction),
    texts(messages, ({ type }) => type),
    texts(messages, ({ message_id }) => clean(message_id)),
    texts(messages, ({ action }) => clean(action)),
    storedJson(texts(messages, ({ payload }) => payload)),
    texts(messages, ({ note }) => clean(note)),
    storedJson(texts(messages, ({ answer }) => (answer === undefined ? null : written(answer)))),
  ]
  if (readings.length === 0 && progress.length === 0 && journal.length === 0) return { name: 'log', text: LOG, values: logged }
  const values = [
    rows.at,
    rows.realAt,
    pgJson(progress),
    pgJson(journal),
    ...logged,
    numbers(readings, ({ at }) => at),
    texts(readings, ({ port_id }) => port_id),
    texts(readings, ({ digest }) => digest),
    numbers(readings, ({ received_at }) => received_at),
    numbers(readings, ({ session_id }) => session_id),
    numbers(readings, ({ energy_wh }) => energy_wh),
    numbers(readings, ({ power_w }) => power_w),
    texts(readings, ({ current_ma }) => `{${current_ma.join()}}`),
    texts(readings, ({ voltage_mv }) => `{${voltage_mv.join()}}`),
    numbers(readings, ({ offered_ma }) => offered_ma),
    numbers(readings, ({ soc_pct }) => soc_pct),
    texts(readings, ({ context }) => context),
    texts(readings, ({ flags }) => `{${flags.join()}}`),
    texts(power, ({ id }) => id),
    numbers(power, ({ power_w }) => power_w),
    numbers(power, ({ at }) => at),
  ]
  return { name: 'batch', text: BATCH, values }
}

const moments = <Row>(rows: Row[], of: (row: Row) => string): string => `{${rows.map(of).join()}}`
