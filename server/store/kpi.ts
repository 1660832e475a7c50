import { randomUUID } from 'node:crypto'
import type { Attempt, Evidence, Outcome, RequestSource, Stage } from '#lib/kpi/charge-request.ts'
import { type Instant, instant, minutes } from '#lib/time/instant.ts'
import type { Database, Db } from './database.ts'
import { type ChargeRequest, Prisma } from './generated/client.ts'
import { pgJson } from './json.ts'

/** A charge request as it is stored: an attempt, what it belongs to, and its class (null: open, or deferred by the plan). */
export type RequestRow = Attempt & {
  depotId: string
  source: RequestSource
  portId: string | null
  vehicleId: string | null
  idTag: string | null
  sessionId: number | null
  outcome: Outcome | null
  stageFailed: Stage | null
  inferred: boolean
}

/** Triggers this near to each other belong together (docs/kpis.md, availability). */
export const MERGE_MS = minutes(5)
/** A retry this soon belongs to the same visit. */
export const RETRY_MS = minutes(15)

/** A row as it is read, by the names of `RequestRow`. */
export type RequestRecord = ChargeRequest
const columns = Prisma.sql`id, depot_id AS "depotId", visit_id AS "visitId", source, port_id AS "portId", vehicle_id AS "vehicleId",
  id_tag AS "idTag", session_id AS "sessionId", requested_at AS "requestedAt", plugged_at AS "pluggedAt", asked_at AS "askedAt",
  accepted_at AS "acceptedAt", promised_at AS "promisedAt", powered_at AS "poweredAt", ended_at AS "endedAt", outcome,
  stage_failed AS "stageFailed", inferred, evidence`

export const COLUMNS = columns.sql

/** The attempt that a port was in at a moment: its newest by then (or within the merge time after it), if that is not over. Locked. */
export async function requestOfPort(db: Db, portId: string, at: Instant): Promise<RequestRow | null> {
  const newest = first(
    await db.$queryRaw<ChargeRequest[]>`SELECT ${columns} FROM charge_request
      WHERE port_id = ${portId} AND requested_at <= ${new Date(at + MERGE_MS)} ORDER BY requested_at DESC LIMIT 1 FOR UPDATE`,
  )
  return newest && (newest.endedAt === null || newest.endedAt > at) ? newest : null
}

/** The attempt before `at` on a port, over or not. */
export const lastRequestOfPort = async (db: Db, portId: string, at: Instant): Promise<RequestRow | null> =>
  first(
    await db.$queryRaw<ChargeRequest[]>`SELECT ${columns} FROM charge_request
      WHERE port_id = ${portId} AND requested_at <= ${new Date(at)} ORDER BY requested_at DESC LIMIT 1`,
  )

export const requestOfSession = async (db: Db, sessionId: number): Promise<RequestRow | null> =>
  first(await db.$queryRaw<ChargeRequest[]>`SELECT ${columns} FROM charge_request WHERE session_id = ${sessionId} LIMIT 1 FOR UPDATE`)

/** A token that was shown lately, before anyone knew at which port. */
export const unattachedRequest = async (db: Db, depotId: string, idTag: string, at: Instant): Promise<RequestRow | null> =>
  first(
    await db.$queryRaw<ChargeRequest[]>`SELECT ${columns} FROM charge_request
      WHERE depot_id = ${depotId} AND port_id IS NULL AND id_tag = ${idTag} AND ended_at IS NULL
        AND requested_at BETWEEN ${new Date(at - MERGE_MS)} AND ${new Date(at + MERGE_MS)}
      ORDER BY requested_at DESC LIMIT 1 FOR UPDATE`,
  )

/** An attempt of the same vehicle or token that brought no energy, at most `RETRY_MS` before: the visit that goes on. */
export async function visitToRetry(
  db: Db,
  request: Pick<RequestRow, 'id' | 'depotId' | 'vehicleId' | 'idTag' | 'portId' | 'requestedAt'>,
): Promise<string | null> {
  const rows = await db.$queryRaw<{ visit: string }[]>`SELECT visit_id AS visit FROM charge_request
    WHERE depot_id = ${request.depotId} AND id <> ${request.id} AND powered_at IS NULL
      AND (vehicle_id = ${request.vehicleId} OR id_tag = ${request.idTag} OR (port_id = ${request.portId} AND ended_at IS NOT NULL AND asked_at IS NOT NULL))
      AND requested_at BETWEEN ${new Date(request.requestedAt - 86_400_000)} AND ${new Date(request.requestedAt)}
      AND GREATEST(requested_at, ended_at) >= ${new Date(request.requestedAt - RETRY_MS)}
    ORDER BY requested_at DESC LIMIT 1`
  return rows[0]?.visit ?? null
}

/** A session of this token runs at the charger: showing it means "stop". */
export const tokenIsCharging = async (db: Db, chargerId: string, idTag: string, at: Instant): Promise<boolean> =>
  (await db.session.count({
    where: { stoppedAt: null, startedAt: { lt: new Date(at) }, idTag: { equals: idTag, mode: 'insensitive' }, port: { chargerId } },
  })) > 0

export async function insertRequest(db: Db, request: Omit<RequestRow, 'id' | 'visitId'>): Promise<RequestRow> {
  const id = randomUUID()
  const visitId = (await visitToRetry(db, { ...request, id })) ?? id
  const row = { ...request, id, visitId }
  await db.chargeRequest.create({ data: { id, ...written(row) } })
  return row
}

export const saveRequest = (db: Db, request: RequestRow) =>
  db.chargeRequest.updateMany({ where: { id: request.id }, data: written(request) })

/** What was seen of many attempts and their class, in one statement: after a blackout all vehicles begin to charge in the same minute. */
export async function saveSeen(db: Db, requests: RequestRow[]): Promise<void> {
  if (requests.length === 0) return
  const rows = pgJson(requests.map((request) => ({ id: request.id, ...written(request) })))
  await db.$executeRawUnsafe(
    `UPDATE charge_request q SET promised_at = r."promisedAt", powered_at = r."poweredAt", evidence = r.evidence, outcome = r.outcome,
       stage_failed = r."stageFailed"
     FROM json_to_recordset($1::json) AS r(id text, "promisedAt" timestamptz, "poweredAt" timestamptz, evidence jsonb, outcome text, "stageFailed" text)
     WHERE q.id = r.id`,
    rows,
  )
}

export const deleteRequest = (db: Db, id: string) => db.chargeRequest.deleteMany({ where: { id } })

/** What a port is to KPI 1: does its vehicle charge without a card? */
export async function portFacts(
  db: Db,
  portId: string,
): Promise<{ depotId: string; plugAndGo: boolean; homeVehicleId: string | null } | null> {
  const port = await db.port.findUnique({
    where: { id: portId },
    select: { charger: { select: { depot: { select: { id: true, plugAndGo: true } } } }, homeOf: { select: { id: true }, take: 1 } },
  })
  return port && { depotId: port.charger.depot.id, plugAndGo: port.charger.depot.plugAndGo, homeVehicleId: port.homeOf[0]?.id ?? null }
}

export const portsOfCharger = async (db: Db, chargerId: string): Promise<string[]> =>
  (await db.port.findMany({ where: { chargerId }, select: { id: true }, orderBy: { number: 'asc' } })).map(({ id }) => id)

/** We hold this token valid at that moment, whatever the charger was told. */
export async function tokenIsValid(db: Db, idTag: string, at: Instant): Promise<boolean> {
  const token = await db.token.findUnique({ where: { idTag: idTag.toUpperCase() }, select: { status: true, expiresAt: true } })
  return token !== null && token.status === 'accepted' && (token.expiresAt === null || token.expiresAt.getTime() > at)
}

export const sessionFacts = (db: Db, sessionId: number) =>
  db.session.findUnique({ where: { id: sessionId }, select: { vehicleId: true, meterStartWh: true, startedAt: true } })

/** Attempts of these sessions whose first energy is not known, or later than `before`. */
export async function requestsToPower(db: Db, sessionIds: number[]): Promise<(RequestRow & { meterStartWh: number })[]> {
  if (sessionIds.length === 0) return []
  const rows = await db.$queryRaw<(ChargeRequest & { meterStartWh: bigint })[]>`
    SELECT ${columns}, (SELECT s.meter_start_wh FROM session s WHERE s.id = session_id) AS "meterStartWh"
    FROM charge_request WHERE session_id = ANY(${sessionIds}::int[]) ORDER BY id FOR UPDATE`
  return rows.map((row) => ({ ...read(row), meterStartWh: Number(row.meterStartWh ?? 0n) }))
}

/** Attempts of a depot by their clock, oldest first. */
export async function requestsBetween({ pool }: Database, depotId: string, from: Instant, until: Instant): Promise<RequestRow[]> {
  const { rows } = await pool.query<ChargeRequest>(
    `SELECT ${columns.sql} FROM charge_request WHERE depot_id = $1 AND requested_at >= $2 AND requested_at < $3 ORDER BY requested_at, id`,
    [depotId, new Date(from), new Date(until)],
  )
  return rows.map(read)
}

export const read = (row: ChargeRequest): RequestRow => ({
  ...row,
  source: row.source as RequestSource,
  outcome: row.outcome as Outcome | null,
  stageFailed: row.stageFailed as Stage | null,
  evidence: row.evidence as Evidence[],
  requestedAt: instant(row.requestedAt),
  pluggedAt: moment(row.pluggedAt),
  askedAt: moment(row.askedAt),
  acceptedAt: moment(row.acceptedAt),
  promisedAt: moment(row.promisedAt),
  poweredAt: moment(row.poweredAt),
  endedAt: moment(row.endedAt),
})

const first = (rows: ChargeRequest[]): RequestRow | null => (rows[0] ? read(rows[0]) : null)
const moment = (at: Date | null): Instant | null => (at === null ? null : instant(at))
const date = (at: Instant | null): Date | null => (at === null ? null : new Date(at))

export const written = (row: RequestRow) => ({
  depotId: row.depotId,
  visitId: row.visitId,
  source: row.source,
  portId: row.portId,
  vehicleId: row.vehicleId,
  idTag: row.idTag,
  sessionId: row.sessionId,
  requestedAt: new Date(row.requestedAt),
  pluggedAt: date(row.pluggedAt),
  askedAt: date(row.askedAt),
  acceptedAt: date(row.acceptedAt),
  promisedAt: date(row.promisedAt),
  poweredAt: date(row.poweredAt),
  endedAt: date(row.endedAt),
  outcome: row.outcome,
  stageFailed: row.stageFailed,
  inferred: row.inferred,
  evidence: writtenEvidence(row.evidence),
})

// a charger's words may hold what PostgreSQL refuses in text
export const writtenEvidence = (evidence: Evidence[]): Evidence[] =>
  evidence.slice(-50).map(({ at, kind, text }) => ({ at, kind, text: text.replaceAll('\u0000', '').toWellFormed().slice(0, 300) }))

/** An attempt that is not classed for good, and what its surroundings say now. */
export type Watched = RequestRow & {
  slaS: number
  chargerName: string | null
  offlineSince: Instant | null
  outOfUse: string | null
  portStatus: string | null
  portErrorCode: string | null
  /** What the plan wants of the port; null: nothing yet. */
  wanted: { from: Instant; limitW: number }[] | null
  vehicleFull: boolean
  sessionOpen: boolean
  /** First reading of its session with energy, if there is one. */
  firstPowerAt: Instant | null
}

type WatchedRow = ChargeRequest & {
  slaS: number
  chargerName: string | null
  offlineSince: Date | null
  outOfUse: string | null
  portStatus: string | null
  portErrorCode: string | null
  wanted: Watched['wanted']
  vehicleFull: boolean
  sessionOpen: boolean
  firstPowerAt: Date | null
}

/** Where a page of attempts ended: the newest come first. */
export type RequestMark = Pick<RequestRow, 'id' | 'requestedAt'>

/**
 * Attempts to look at again, after a mark: those without a class, and those that failed but still have a session that may bring energy.
 * Locked; rows that another transaction is writing are left for the next time. Newest first.
 */
export async function requestsToClose(db: Db, since: Instant, after: RequestMark | undefined, limit: number): Promise<Watched[]> {
  const rest = after ? Prisma.sql`AND (requested_at, id) < (${new Date(after.requestedAt)}, ${after.id})` : Prisma.empty
  const rows = await db.$queryRaw<WatchedRow[]>`
    WITH open AS (
      SELECT ${columns} FROM charge_request WHERE id IN (
        SELECT id FROM charge_request WHERE outcome IS NULL
        UNION SELECT id FROM charge_request
          WHERE outcome IS NOT NULL AND powered_at IS NULL AND ended_at IS NULL AND session_id IS NOT NULL AND requested_at > ${new Date(since)}
      ) ${rest} ORDER BY requested_at DESC, id DESC LIMIT ${limit} FOR UPDATE SKIP LOCKED
    )
    SELECT o.*, d.charge_sla_s AS "slaS", c.name AS "chargerName",
      CASE WHEN c.connected_at IS NULL THEN c.disconnected_at END AS "offlineSince",
      COALESCE(p.held_reason, CASE WHEN p.inoperative_at IS NOT NULL THEN 'out of use' END) AS "outOfUse",
      p.status AS "portStatus", p.error_code AS "portErrorCode", w.curve AS wanted,
      COALESCE(v.soc_pct >= v.target_soc_pct, false) AS "vehicleFull",
      COALESCE(s.id IS NOT NULL AND s.stopped_at IS NULL, false) AS "sessionOpen",
      CASE WHEN o."poweredAt" IS NULL AND s.id IS NOT NULL THEN (
        SELECT min(m.at) FROM meter_reading m
        WHERE m.session_id = s.id AND m.at >= o."requestedAt" - interval '5 minutes'
          AND (m.power_w >= 500 OR m.energy_wh >= s.meter_start_wh + 100)
      ) END AS "firstPowerAt"
    FROM open o JOIN depot d ON d.id = o."depotId"
    LEFT JOIN port p ON p.id = o."portId" LEFT JOIN charger c ON c.id = p.charger_id LEFT JOIN limit_wanted w ON w.port_id = p.id
    LEFT JOIN vehicle v ON v.id = o."vehicleId" LEFT JOIN session s ON s.id = o."sessionId"
    ORDER BY o."requestedAt" DESC, o.id DESC`
  return rows.map((row) => ({ ...row, ...read(row), offlineSince: moment(row.offlineSince), firstPowerAt: moment(row.firstPowerAt) }))
}

export const findRequest = async (db: Db, id: string): Promise<RequestRow | null> =>
  first(await db.$queryRaw<ChargeRequest[]>`SELECT ${columns} FROM charge_request WHERE id = ${id} FOR UPDATE`)
