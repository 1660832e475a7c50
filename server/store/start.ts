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

/** What a person should look at about one of these sessions: a line of the journal beside the one that says that it began. */
export type Review = { at: Instant; depotId: string; actor: string; kind: string; subject: string; data: Record<string, unknown> }

export type NewStart = {
  session: NewSession
  /** The call with its answer, as it came. */
  message: MessageRow
  /** Of the journal's line that the session began. */
  data: Record<string, unknown>
  /** The attempt of KPI 1 that begins with this start: of the session's port, card and vehicle. None: one goes on. */
  attempt: RequestRow | undefined
}

/** Everything that the starts of one set become. */
export type StartRows = {
  realAt: Instant
  starts: NewStart[]
  reviews: Review[]
  /** Attempts that go on, whose rows are locked. */
  goingOn: RequestRow[]
  /** Chargers whose sign of life is to be written; their rows are locked. */
  heard: { id: string; at: Instant }[]
}

// The four rows of a start share what travels: each column costs its time in both processes. A moment that is the start's own, as most are, travels as nothing.
const WRITE = `
WITH said AS (
  SELECT *, ${momentOf('start')} AS started, ${momentOf('COALESCE(arrival, start)')} AS received
  FROM unnest($1::int[], $2::float8[], $3::float8[], $4::int8[], $5::float8[], $6::float8[], $7::float8[], $8::float8[], $9::float8[], $10::float8[],
    ${textsOf('$11')}, ${textsOf('$12')}, ${textsOf('$13')}, ${textsOf('$14')}, ${textsOf('$15')}, ${textsOf('$16')}, ${textsOf('$17')}, ${textsOf('$18')},
    ${textsOf('$19')}, ${textsOf('$20')}, ${textsOf('$21')}, ${textsOf('$22')}, ${textsOf('$23')}, ${textsOf('$24')}, ${textsOf('$25')}, ${textsOf('$26')},
    ${textsOf('$27')}, ${textsOf('$28')}, ${textsOf('$29')})
    AS r(id, start, arrival, meter_wh, metered, logged, requested, plugged, asked, accepted, depot_id, charger_id, port_id, id_tag, token_id, vehicle_id,
      driver_id, duty_id, start_key, currency, flags, message_id, payload, note, answer, data, source, visit_id, evidence)
), begun AS (
  INSERT INTO session (id, depot_id, port_id, id_tag, token_id, vehicle_id, driver_id, duty_id, start_key, started_at, received_at, meter_start_wh,
    last_meter_wh, last_meter_at, currency, flags)
  SELECT id, depot_id, port_id, id_tag, token_id, vehicle_id, driver_id, duty_id, start_key, started, received, meter_wh, meter_wh,
    COALESCE(${momentOf('metered')}, started), currency, COALESCE(flags::text[], '{}')
  FROM said
), kept AS (
  INSERT INTO ocpp_message (at, charger_id, direction, type, message_id, action, payload, note, answer)
  SELECT COALESCE(${momentOf('logged')}, received), charger_id, 'in', 'call', COALESCE(message_id, ''), 'StartTransaction', payload::json, note, answer::json
  FROM said
), noted AS (
  INSERT INTO journal (at, real_at, depot_id, actor, kind, subject, data)
  SELECT received, ${momentOf('$30::float8')}, depot_id, 'charger:' || charger_id, 'session.started', 'session:' || id, data::jsonb FROM said
  UNION ALL SELECT ${momentOf('at')}, ${momentOf('$30::float8')}, depot_id, actor, kind, subject, data::jsonb
  FROM unnest($31::float8[], ${textsOf('$32')}, ${textsOf('$33')}, ${textsOf('$34')}, ${textsOf('$35')}, ${textsOf('$36')})
    AS r(at, depot_id, actor, kind, subject, data)
), heard AS (
  UPDATE charger c SET seen_at = GREATEST(c.seen_at, ${momentOf('r.at')}) FROM unnest(${textsOf('$37')}, $38::float8[]) AS r(id, at) WHERE c.id = r.id
)
INSERT INTO charge_request (id, depot_id, visit_id, source, port_id, vehicle_id, id_tag, session_id, requested_at, plugged_at, asked_at, accepted_at, evidence)
SELECT 'session-' || id, depot_id, COALESCE(visit_id, 'session-' || id), source, port_id, vehicle_id, id_tag, id, COALESCE(${momentOf('requested')}, started),
  COALESCE(${momentOf('plugged')}, started), COALESCE(${momentOf('asked')}, started), COALESCE(${momentOf('accepted')}, started),
  COALESCE(evidence::jsonb, '[]')
FROM said WHERE source IS NOT NULL`

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

/** The id of an attempt that begins with the start of this session. */
export const attemptOfSession = (sessionId: number): string => `session-${sessionId}`

/** All that it asks is asked at once. */
export async function writeStarts(sql: Sql, { starts, realAt, reviews, heard, goingOn }: StartRows): Promise<void> {
  const values = [...startColumns(starts), realAt, ...reviewColumns(reviews), texts(heard, ({ id }) => id), numbers(heard, ({ at }) => at)]
  const began = sql({ name: 'start-write', text: WRITE, values })
  await Promise.all([began, goingOn.length > 0 && sql({ name: 'start-go-on', text: GO_ON, values: goingOnColumns(goingOn) })])
}

const startColumns = (rows: NewStart[]): string[] => {
  /** Nothing where it is the moment that the statement takes then. */
  const moments = (of: (row: NewStart) => Instant | null | undefined, usual: 'startedAt' | 'receivedAt' = 'startedAt') =>
    numbers(rows, (row) => {
      const at = of(row) ?? null
      return at === row.session[usual] ? null : at
    })
  const named = (of: (session: NewSession) => string | null) => texts(rows, ({ session }) => of(session))
  return [
    numbers(rows, ({ session }) => session.id),
    numbers(rows, ({ session }) => session.startedAt),
    moments(({ session }) => session.receivedAt),
    numbers(rows, ({ session }) => session.meterWh),
    moments(({ session }) => session.meterAt),
    moments(({ message }) => message.at, 'receivedAt'),
    moments(({ attempt }) => attempt?.requestedAt),
    moments(({ attempt }) => attempt?.pluggedAt),
    moments(({ attempt }) => attempt?.askedAt),
    moments(({ attempt }) => attempt?.acceptedAt),
    named(({ depotId }) => depotId),
    texts(rows, ({ message }) => message.charger_id),
    named(({ portId }) => portId),
    named(({ idTag }) => idTag),
    named(({ tokenId }) => tokenId),
    named(({ vehicleId }) => vehicleId),
    named(({ driverId }) => driverId),
    named(({ dutyId }) => dutyId),
    named(({ startKey }) => startKey),
    named(({ currency }) => currency),
    named(({ flags }) => (flags.length === 0 ? null : `{${flags.join()}}`)),
    texts(rows, ({ message }) => clean(message.message_id)),
    storedJson(texts(rows, ({ message }) => message.payload)),
    texts(rows, ({ message }) => clean(message.note)),
    storedJson(texts(rows, ({ message }) => written(message.answer))),
    storedJson(texts(rows, ({ data }) => written(data))),
    texts(rows, ({ attempt }) => attempt?.source ?? null),
    texts(rows, ({ attempt }) => (attempt ? visitOf(attempt) : null)),
    texts(rows, ({ attempt }) => (attempt ? evidenceOf(attempt) : null)),
  ]
}

const reviewColumns = (rows: Review[]): string[] => [
  numbers(rows, ({ at }) => at),
  texts(rows, ({ depotId }) => depotId),
  texts(rows, ({ actor }) => actor),
  texts(rows, ({ kind }) => kind),
  texts(rows, ({ subject }) => subject),
  storedJson(texts(rows, ({ data }) => written(data))),
]

const visitOf = ({ id, visitId }: RequestRow) => (visitId === id ? null : visitId)
const evidenceOf = ({ evidence }: RequestRow) => (evidence.length === 0 ? null : pgJson(writtenEvidence(evidence)))

const goingOnColumns = (rows: RequestRow[]): string[] => [
  texts(rows, ({ id }) => id),
  texts(rows, visitOf),
  texts(rows, ({ vehicleId }) => vehicleId),
  texts(rows, ({ idTag }) => idTag),
  numbers(rows, ({ sessionId }) => sessionId),
  numbers(rows, ({ requestedAt }) => requestedAt),
  numbers(rows, ({ pluggedAt }) => pluggedAt),
  numbers(rows, ({ askedAt }) => askedAt),
  numbers(rows, ({ acceptedAt }) => acceptedAt),
  numbers(rows, ({ poweredAt }) => poweredAt),
  texts(rows, evidenceOf),
]
