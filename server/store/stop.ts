import type { TokenFacts } from '#lib/charging/verdict.ts'
import { type Instant, instant, iso } from '#lib/time/instant.ts'
import { pgJson } from './json.ts'
import { COLUMNS, type RequestRecord, type RequestRow, read, written } from './kpi.ts'
import type { Sql } from './sql.ts'

// Ends of sessions of many chargers in one transaction (docs/decisions/010): as server/store/start.ts for their beginnings.

/** An end as it is looked up. `place` tells it from the others of its set; `stoppedBy`: the card that ended it, in upper case. */
export type StopAsked = { place: number; chargerId: string; depotId: string; sessionId: number; stoppedBy: string | undefined }

/** What is known about an end before it is recorded: an open session of that charger. */
export type StopFacts = {
  place: number
  sessionId: number
  portId: string
  port: number
  startedAt: Instant
  meterStartWh: number
  lastMeterWh: number | null
  energyWh: number
  flags: string[]
  /** The card that ended it has nothing to do with the one that began it. */
  byOther: boolean
  /** The card that ended it, if the depot knows it. */
  token: (TokenFacts & { parentIdTag: string | null }) | undefined
}

// ended ones are for the path of one by one: repeated, superseded, or ended twice
const FACTS = `
SELECT r.place, s.id AS "sessionId", s.port_id AS "portId", p.number AS port, s.started_at AS "startedAt", s.meter_start_wh AS "meterStartWh",
  s.last_meter_wh AS "lastMeterWh", s.energy_wh AS "energyWh", s.flags,
  r.stopped_by <> s.id_tag AND NOT COALESCE(b.kind = 'central' OR (a.parent_id_tag = b.parent_id_tag AND a.depot_id = b.depot_id), false) AS "byOther",
  CASE WHEN b.depot_id = r.depot_id THEN b.kind END AS kind, b.status, b.expires_at AS "expiresAt", b.parent_id_tag AS "parentIdTag"
FROM unnest($1::int[], $2::text[], $3::text[], $4::int[], $5::text[]) AS r(place, charger_id, depot_id, session_id, stopped_by)
JOIN session s ON s.id = r.session_id
JOIN port p ON p.id = s.port_id AND p.charger_id = r.charger_id
LEFT JOIN token b ON b.id_tag = r.stopped_by
LEFT JOIN token a ON a.id_tag = s.id_tag
WHERE s.stopped_at IS NULL
ORDER BY s.id FOR UPDATE OF s`

type FactsRow = Omit<StopFacts, 'startedAt' | 'meterStartWh' | 'lastMeterWh' | 'energyWh' | 'byOther' | 'token'> & {
  startedAt: Date
  meterStartWh: string
  lastMeterWh: string | null
  energyWh: string
  byOther: boolean | null
  kind: string | null
  status: string
  expiresAt: Date | null
  parentIdTag: string | null
}

/** Of those whose session is open; it is locked. */
export async function stopFacts(sql: Sql, asked: StopAsked[]): Promise<StopFacts[]> {
  const rows = await sql<FactsRow>({
    name: 'stop-facts',
    text: FACTS,
    values: [
      asked.map(({ place }) => place),
      asked.map(({ chargerId }) => chargerId),
      asked.map(({ depotId }) => depotId),
      asked.map(({ sessionId }) => sessionId),
      asked.map(({ stoppedBy }) => stoppedBy ?? null),
    ],
  })
  return rows.map(({ kind, status, expiresAt, parentIdTag, ...row }) => ({
    ...row,
    startedAt: instant(row.startedAt),
    meterStartWh: Number(row.meterStartWh),
    lastMeterWh: row.lastMeterWh === null ? null : Number(row.lastMeterWh),
    energyWh: Number(row.energyWh),
    byOther: row.byOther ?? false,
    token:
      kind === null
        ? undefined
        : { kind, status, expiresAt: expiresAt ? instant(expiresAt) : undefined, busyElsewhere: false, parentIdTag },
  }))
}

/** A session as it ends. */
export type EndedSession = {
  id: number
  stoppedAt: Instant
  meterStopWh: number
  reason: string
  lastMeterAt: Instant
  energyWh: number
  flags: string[]
}

const END = `
UPDATE session s SET stopped_at = r.stopped_at, meter_stop_wh = r.meter_wh, stop_reason = r.reason, last_meter_wh = r.meter_wh,
  last_meter_at = r.meter_at, energy_wh = r.energy_wh, flags = r.flags
FROM json_to_recordset($1::json) AS r(id int, stopped_at timestamptz, meter_wh bigint, reason text, meter_at timestamptz, energy_wh bigint, flags text[])
WHERE s.id = r.id`

export async function endSessions(sql: Sql, ended: EndedSession[]): Promise<void> {
  const rows = ended.map(({ id, stoppedAt, meterStopWh, reason, lastMeterAt, energyWh, flags }) => ({
    ...{ id, stopped_at: iso(stoppedAt), meter_wh: meterStopWh, reason, meter_at: iso(lastMeterAt), energy_wh: energyWh, flags },
  }))
  await sql({ name: 'stop-end', text: END, values: [pgJson(rows)] })
}

/** The attempts of KPI 1 that these sessions belong to, locked; the oldest id first. */
export async function requestsOfSessions(sql: Sql, sessionIds: number[]): Promise<RequestRow[]> {
  const text = `SELECT ${COLUMNS} FROM charge_request WHERE session_id = ANY($1::int[]) ORDER BY id FOR UPDATE`
  return (await sql<RequestRecord>({ name: 'stop-requests', text, values: [sessionIds] })).map(read)
}

const SAVE = `
UPDATE charge_request q SET powered_at = r."poweredAt", ended_at = r."endedAt", evidence = r.evidence, outcome = NULL, stage_failed = NULL
FROM json_to_recordset($1::json) AS r(id text, "poweredAt" timestamptz, "endedAt" timestamptz, evidence jsonb) WHERE q.id = r.id`

/** Writes down that attempts ended, and when their energy began; their class is open again. */
export async function saveEnded(sql: Sql, requests: RequestRow[]): Promise<void> {
  if (requests.length === 0) return
  const rows = requests.map((request) => {
    const { poweredAt, endedAt, evidence } = written(request)
    return { id: request.id, poweredAt, endedAt, evidence }
  })
  await sql({ name: 'stop-save', text: SAVE, values: [pgJson(rows)] })
}
