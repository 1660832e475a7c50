import type { Instant } from '#lib/time/instant.ts'
import { clean, momentOf, numbers, texts, textsOf } from './columns.ts'
import { pgJson, storedJson, written } from './json.ts'
import { type RequestRow, writtenEvidence } from './kpi.ts'
import type { MessageRow } from './meter.ts'
import type { Sql } from './sql.ts'

// What the starts of many chargers become: one statement for all of a set (docs/decisions/010, 013).

/** A session as it begins. */
export type NewSession = {
  id: number
  depotId: string
  portId: string
  idTag: string
  tokenId: string
  vehicleId: string | null
  driverId: string | null
  dutyId: string | null
  startKey: string
  startedAt: Instant
  receivedAt: Instant
  meterWh: number
  meterAt: Instant
  currency: string
  flags: string[]
}

/** A line of the journal about one of these sessions. */
export type StartLine = { at: Instant; depotId: string; actor: string; kind: string; subject: string; data: Record<string, unknown> }

/** Everything that the starts of one set become. */
export type StartRows = {
  realAt: Instant
  sessions: NewSession[]
  /** Attempts of KPI 1 that begin with these starts, and those that go on, whose rows are locked. */
  begun: RequestRow[]
  goingOn: RequestRow[]
  journal: StartLine[]
  /** Calls with their answers, as they came. */
  messages: MessageRow[]
  /** Chargers whose sign of life is to be written; their rows are locked. */
  heard: { id: string; at: Instant }[]
}

const WRITE = `
WITH begun AS (
  INSERT INTO session (id, depot_id, port_id, id_tag, token_id, vehicle_id, driver_id, duty_id, start_key, started_at, received_at, meter_start_wh,
    last_meter_wh, last_meter_at, currency, flags)
  SELECT id, depot_id, port_id, id_tag, token_id, vehicle_id, driver_id, duty_id, start_key, ${momentOf('started')}, ${momentOf('received')}, meter_wh, meter_wh,
    ${momentOf('metered')}, currency, COALESCE(flags::text[], '{}')
  FROM unnest($1::int[], ${textsOf('$2')}, ${textsOf('$3')}, ${textsOf('$4')}, ${textsOf('$5')}, ${textsOf('$6')}, ${textsOf('$7')}, ${textsOf('$8')},
    ${textsOf('$9')}, $10::float8[], $11::float8[], $12::int8[], $13::float8[], ${textsOf('$14')}, ${textsOf('$15')})
    AS r(id, depot_id, port_id, id_tag, token_id, vehicle_id, driver_id, duty_id, start_key, started, received, meter_wh, metered, currency, flags)
), logged AS (
  INSERT INTO ocpp_message (at, charger_id, direction, type, message_id, action, payload, note, answer)
  SELECT ${momentOf('at')}, charger_id, 'in', 'call', COALESCE(message_id, ''), action, payload::json, note, answer::json
  FROM unnest($16::float8[], ${textsOf('$17')}, ${textsOf('$18')}, ${textsOf('$19')}, ${textsOf('$20')}, ${textsOf('$21')}, ${textsOf('$22')})
    AS r(at, charger_id, message_id, action, payload, note, answer)
), noted AS (
  INSERT INTO journal (at, real_at, depot_id, actor, kind, subject, data)
  SELECT ${momentOf('at')}, ${momentOf('$23::float8')}, depot_id, actor, kind, subject, data::jsonb
  FROM unnest($24::float8[], ${textsOf('$25')}, ${textsOf('$26')}, ${textsOf('$27')}, ${textsOf('$28')}, ${textsOf('$29')})
    AS r(at, depot_id, actor, kind, subject, data)
), heard AS (
  UPDATE charger c SET seen_at = GREATEST(c.seen_at, ${momentOf('r.at')}) FROM unnest(${textsOf('$30')}, $31::float8[]) AS r(id, at) WHERE c.id = r.id
)
INSERT INTO charge_request (id, depot_id, visit_id, source, port_id, vehicle_id, id_tag, session_id, requested_at, plugged_at, asked_at, accepted_at, evidence)
SELECT id, depot_id, COALESCE(visit_id, id), source, port_id, vehicle_id, id_tag, session_id, ${momentOf('requested')}, ${momentOf('plugged')},
  ${momentOf('asked')}, ${momentOf('accepted')}, COALESCE(evidence::jsonb, '[]')
FROM unnest(${textsOf('$32')}, ${textsOf('$33')}, ${textsOf('$34')}, ${textsOf('$35')}, ${textsOf('$36')}, ${textsOf('$37')}, ${textsOf('$38')},
    $39::int[], $40::float8[], $41::float8[], $42::float8[], $43::float8[], ${textsOf('$44')})
  AS r(id, depot_id, visit_id, source, port_id, vehicle_id, id_tag, session_id, requested, plugged, asked, accepted, evidence)`

// attempts that began before their starts: with the cable, or with a card
const GO_ON = `
UPDATE charge_request q SET visit_id = COALESCE(r.visit_id, r.id), vehicle_id = r.vehicle_id, id_tag = r.id_tag, session_id = r.session_id,
  requested_at = ${momentOf('r.requested')}, plugged_at = ${momentOf('r.plugged')}, asked_at = ${momentOf('r.asked')},
  accepted_at = ${momentOf('r.accepted')}, powered_at = ${momentOf('r.powered')}, outcome = NULL, stage_failed = NULL,
  evidence = COALESCE(r.evidence::jsonb, '[]')
FROM unnest(${textsOf('$1')}, ${textsOf('$2')}, ${textsOf('$3')}, ${textsOf('$4')}, $5::int[], $6::float8[], $7::float8[], $8::float8[], $9::float8[],
    $10::float8[], ${textsOf('$11')})
  AS r(id, visit_id, vehicle_id, id_tag, session_id, requested, plugged, asked, accepted, powered, evidence)
WHERE q.id = r.id`

export async function writeStarts(sql: Sql, { sessions, messages, realAt, journal, heard, begun, goingOn }: StartRows): Promise<void> {
  const values = [
    ...sessionColumns(sessions),
    ...messageColumns(messages),
    realAt,
    ...journalColumns(journal),
    texts(heard, ({ id }) => id),
    numbers(heard, ({ at }) => at),
    ...begunColumns(begun),
  ]
  await sql({ name: 'start-write', text: WRITE, values })
  if (goingOn.length > 0) await sql({ name: 'start-go-on', text: GO_ON, values: goingOnColumns(goingOn) })
}

const sessionColumns = (rows: NewSession[]): string[] => [
  numbers(rows, ({ id }) => id),
  texts(rows, ({ depotId }) => depotId),
  texts(rows, ({ portId }) => portId),
  texts(rows, ({ idTag }) => idTag),
  texts(rows, ({ tokenId }) => tokenId),
  texts(rows, ({ vehicleId }) => vehicleId),
  texts(rows, ({ driverId }) => driverId),
  texts(rows, ({ dutyId }) => dutyId),
  texts(rows, ({ startKey }) => startKey),
  numbers(rows, ({ startedAt }) => startedAt),
  numbers(rows, ({ receivedAt }) => receivedAt),
  numbers(rows, ({ meterWh }) => meterWh),
  numbers(rows, ({ meterAt }) => meterAt),
  texts(rows, ({ currency }) => currency),
  texts(rows, ({ flags }) => (flags.length === 0 ? null : `{${flags.join()}}`)),
]

const messageColumns = (rows: StartRows['messages']): string[] => [
  numbers(rows, ({ at }) => at),
  texts(rows, ({ charger_id }) => charger_id),
  texts(rows, ({ message_id }) => clean(message_id)),
  texts(rows, ({ action }) => action),
  storedJson(texts(rows, ({ payload }) => payload)),
  texts(rows, ({ note }) => clean(note)),
  storedJson(texts(rows, ({ answer }) => written(answer))),
]

const journalColumns = (rows: StartLine[]): string[] => [
  numbers(rows, ({ at }) => at),
  texts(rows, ({ depotId }) => depotId),
  texts(rows, ({ actor }) => actor),
  texts(rows, ({ kind }) => kind),
  texts(rows, ({ subject }) => subject),
  storedJson(texts(rows, ({ data }) => written(data))),
]

const visitOf = ({ id, visitId }: RequestRow) => (visitId === id ? null : visitId)
const evidenceOf = ({ evidence }: RequestRow) => (evidence.length === 0 ? null : pgJson(writtenEvidence(evidence)))

/** Whose attempt it is and how far it came: from `vehicle_id` to `accepted_at`. */
const attemptColumns = (rows: RequestRow[]): string[] => [
  texts(rows, ({ vehicleId }) => vehicleId),
  texts(rows, ({ idTag }) => idTag),
  numbers(rows, ({ sessionId }) => sessionId),
  numbers(rows, ({ requestedAt }) => requestedAt),
  numbers(rows, ({ pluggedAt }) => pluggedAt),
  numbers(rows, ({ askedAt }) => askedAt),
  numbers(rows, ({ acceptedAt }) => acceptedAt),
]

const begunColumns = (rows: RequestRow[]): string[] => [
  texts(rows, ({ id }) => id),
  texts(rows, ({ depotId }) => depotId),
  texts(rows, visitOf),
  texts(rows, ({ source }) => source),
  texts(rows, ({ portId }) => portId),
  ...attemptColumns(rows),
  texts(rows, evidenceOf),
]

const goingOnColumns = (rows: RequestRow[]): string[] => [
  texts(rows, ({ id }) => id),
  texts(rows, visitOf),
  ...attemptColumns(rows),
  numbers(rows, ({ poweredAt }) => poweredAt),
  texts(rows, evidenceOf),
]
