import type { Readable } from 'node:stream'
import QueryStream from 'pg-query-stream'
import type { Cost, CostLine } from '#lib/billing/cost.ts'
import { type Instant, instant } from '#lib/time/instant.ts'
import type { Database, Db } from './database.ts'
import { Prisma } from './generated/client.ts'

/** What a price needs to know of a session. */
export type SessionToPrice = {
  id: number
  depotId: string
  portId: string
  zone: string
  currency: string
  tariffId: string | null
  startedAt: Instant
  meterStartWh: number
  stoppedAt: Instant | null
  meterStopWh: number | null
  readings: { at: Instant; energyWh: number }[]
}

/** Null: there is no such session. Locks its row. */
export async function sessionToPrice(db: Db, id: number): Promise<SessionToPrice | null> {
  // the price is written from what is read here: nobody may stop the session in between
  await db.$executeRaw`SELECT FROM session WHERE id = ${id} FOR UPDATE`
  const row = await db.session.findUnique({ where: { id } })
  if (!row) return null
  const [depot, readings] = await Promise.all([
    db.depot.findUniqueOrThrow({ where: { id: row.depotId }, select: { zone: true } }),
    db.$queryRaw<{ at: Date; energyWh: bigint }[]>`
      SELECT at, energy_wh AS "energyWh" FROM meter_reading WHERE session_id = ${id} AND energy_wh IS NOT NULL ORDER BY at`,
  ])
  return {
    ...row,
    zone: depot.zone,
    startedAt: instant(row.startedAt),
    meterStartWh: Number(row.meterStartWh),
    stoppedAt: row.stoppedAt && instant(row.stoppedAt),
    meterStopWh: row.meterStopWh === null ? null : Number(row.meterStopWh),
    readings: readings.map(({ at, energyWh }) => ({ at: instant(at), energyWh: Number(energyWh) })),
  }
}

export async function writeCost(db: Db, id: number, tariffId: string | null, cost: Cost, quarterWh: number[]): Promise<void> {
  await db.$executeRaw`
    UPDATE session SET energy_wh = ${cost.energyWh}, cost_minor = ${cost.amountMinor}, cost_estimated = ${cost.estimated},
      cost_lines = ${JSON.stringify(cost.lines)}::jsonb, tariff_id = ${tariffId}, quarter_wh = ${quarterWh}::int[]
    WHERE id = ${id}`
}

/** Sessions by filter: moments, ids and state already resolved by the caller. Ports belong to chargers, so `chargerId` goes through them. */
export type SessionQuery = {
  depotId: string
  from: Instant | null
  until: Instant | null
  vehicle: string | null
  charger: string | null
  tag: string | null
  state: 'open' | 'closed' | 'review' | null
}

// what recording notes for a person (`review.*` in the journal), and a cost that is partly an assumption
const reviewed = Prisma.sql`(NOT s.flags <@ ARRAY['deliveredLate', 'clockCorrected'] OR (s.cost_estimated AND s.stopped_at IS NOT NULL))`

/** One WHERE for the list, its totals and the export, so that they cannot differ. */
export const sessionsWhere = (query: SessionQuery): Prisma.Sql =>
  Prisma.join(
    [
      Prisma.sql`s.depot_id = ${query.depotId}`,
      ...(query.from === null ? [] : [Prisma.sql`s.started_at >= ${new Date(query.from)}`]),
      ...(query.until === null ? [] : [Prisma.sql`s.started_at < ${new Date(query.until)}`]),
      ...(query.vehicle === null ? [] : [Prisma.sql`s.vehicle_id = ${query.vehicle}`]),
      ...(query.charger === null ? [] : [Prisma.sql`p.charger_id = ${query.charger}`]),
      ...(query.tag === null ? [] : [Prisma.sql`upper(s.id_tag) = upper(${query.tag})`]),
      ...(query.state === 'open' ? [Prisma.sql`s.stopped_at IS NULL`] : []),
      ...(query.state === 'closed' ? [Prisma.sql`s.stopped_at IS NOT NULL`] : []),
      ...(query.state === 'review' ? [reviewed] : []),
    ],
    ' AND ',
  )

/** Columns and joins of a session row, for the list and the export. */
export const sessionSelect = Prisma.sql`
  SELECT s.id, s.started_at AS "startedAt", s.stopped_at AS "stoppedAt", s.port_id AS "portId", p.charger_id AS "chargerId", c.name AS "chargerName",
    p.bay, p.number AS "portNumber", v.name AS "vehicleName", d.name AS "driverName", s.id_tag AS "idTag",
    COALESCE(t.cost_centre, d.cost_centre) AS "costCentre", s.meter_start_wh AS "meterStartWh", s.meter_stop_wh AS "meterStopWh",
    s.energy_wh AS "energyWh", s.cost_minor AS "costMinor", s.currency, s.cost_estimated AS estimated, s.stop_reason AS "stopReason", s.flags
  FROM session s JOIN port p ON p.id = s.port_id JOIN charger c ON c.id = p.charger_id
    LEFT JOIN vehicle v ON v.id = s.vehicle_id LEFT JOIN driver d ON d.id = s.driver_id LEFT JOIN token t ON t.id = s.token_id`

export type SessionRecord = {
  id: number
  startedAt: Date
  stoppedAt: Date | null
  portId: string
  chargerId: string
  chargerName: string
  bay: string
  portNumber: number
  vehicleName: string | null
  driverName: string | null
  idTag: string
  costCentre: string | null
  meterStartWh: bigint
  meterStopWh: bigint | null
  energyWh: bigint
  costMinor: bigint
  currency: string
  estimated: boolean
  stopReason: string | null
  flags: string[]
}

export type SessionSort = 'started' | 'energy' | 'cost'
const SORT: Record<SessionSort, Prisma.Sql> = {
  started: Prisma.sql`(extract(epoch FROM s.started_at) * 1000)::bigint`,
  energy: Prisma.sql`s.energy_wh`,
  cost: Prisma.sql`s.cost_minor`,
}

/** Highest first, `after` being the sort value and id of the last row that was seen (keyset: stable while sessions are added). */
export const sessionPage = (db: Db, query: SessionQuery, sort: SessionSort, after: { value: bigint; id: number } | null, limit: number) =>
  db.$queryRaw<(SessionRecord & { sortValue: bigint })[]>`
    SELECT * FROM (${sessionSelect} WHERE ${sessionsWhere(query)}) AS listed
    JOIN LATERAL (SELECT ${SORT[sort]} AS "sortValue" FROM session s WHERE s.id = listed.id) AS sorted ON true
    WHERE ${after === null ? Prisma.sql`true` : Prisma.sql`(sorted."sortValue", listed.id) < (${after.value}, ${after.id})`}
    ORDER BY sorted."sortValue" DESC, listed.id DESC LIMIT ${limit}`

export async function sessionTotals(
  db: Db,
  query: SessionQuery,
): Promise<{ total: number; energyWh: number; costMinor: number; estimated: boolean }> {
  const [row] = await db.$queryRaw<{ total: number; energyWh: number; costMinor: number; estimated: boolean }[]>`
    SELECT count(*)::int AS total, COALESCE(sum(s.energy_wh), 0)::float8 AS "energyWh", COALESCE(sum(s.cost_minor), 0)::float8 AS "costMinor",
      COALESCE(bool_or(s.cost_estimated), false) AS estimated
    FROM session s JOIN port p ON p.id = s.port_id WHERE ${sessionsWhere(query)}`
  return row!
}

export async function sessionRecord(db: Db, depotId: string, id: number): Promise<(SessionRecord & { lines: CostLine[] }) | null> {
  const [row] = await db.$queryRaw<SessionRecord[]>`${sessionSelect} WHERE s.depot_id = ${depotId} AND s.id = ${id}`
  if (!row) return null
  const { costLines } = await db.session.findUniqueOrThrow({ where: { id }, select: { costLines: true } })
  return { ...row, lines: costLines as CostLine[] }
}

/** Readings of a session in the order of their moments; of several at one moment the fullest values. */
export const sessionReadings = (db: Db, id: number) =>
  db.$queryRaw<{ at: Date; powerW: number | null; energyWh: bigint | null; socPct: number | null }[]>`
    SELECT at, max(power_w) AS "powerW", max(energy_wh) AS "energyWh", max(soc_pct) AS "socPct"
    FROM meter_reading WHERE session_id = ${id} GROUP BY at ORDER BY at`

/** Bill lines that touch a period. Small: a few per session. */
export async function costLinesBetween({ pool }: Database, depotId: string, from: Instant, until: Instant): Promise<CostLine[]> {
  const { rows } = await pool.query<{ lines: CostLine[] }>(
    `SELECT cost_lines AS lines FROM session s WHERE s.depot_id = $1 AND s.started_at < $2 AND (s.stopped_at IS NULL OR s.stopped_at >= $3)`,
    [depotId, new Date(until), new Date(from)],
  )
  return rows.flatMap(({ lines }) => lines).filter((line) => line.until > from && line.from < until)
}

export async function firstSessionAt(db: Db, depotId: string): Promise<Instant | null> {
  const row = await db.session.findFirst({ where: { depotId }, orderBy: { startedAt: 'asc' }, select: { startedAt: true } })
  return row && instant(row.startedAt)
}

export const openSessionIds = async (db: Db): Promise<number[]> =>
  (await db.session.findMany({ where: { stoppedAt: null }, select: { id: true } })).map(({ id }) => id)

/** Rows of the export, oldest first, in a stream that holds a hundred at a time. Destroying it closes the cursor and frees the connection. */
export async function streamSessions(pool: Database['pool'], query: SessionQuery): Promise<Readable> {
  const client = await pool.connect()
  const { text, values } = Prisma.sql`${sessionSelect} WHERE ${sessionsWhere(query)} ORDER BY s.started_at, s.id`
  const rows = client.query(new QueryStream(text, values, { batchSize: 100, highWaterMark: 200 }))
  let released = false
  const release = (error?: Error) => {
    if (released) return
    released = true
    // a cursor that failed leaves its connection in an unknown state
    client.release(error)
  }
  rows.once('error', release)
  rows.once('close', () => release())
  return rows
}
