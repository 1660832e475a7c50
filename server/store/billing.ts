import type { Readable } from 'node:stream'
import QueryStream from 'pg-query-stream'
import type { Cost, CostLine } from '#lib/billing/cost.ts'
import { type Instant, instant } from '#lib/time/instant.ts'
import type { Database, Db } from './database.ts'
import { Prisma } from './generated/client.ts'
import { pgJson } from './json.ts'
import type { Sql } from './sql.ts'

/** What a price needs to know of a session. */
export type SessionToPrice = {
  /** Its register rose by more than was told of it. */
  energyMissing: boolean
  id: number
  zone: string
  currency: string
  /** The tariff that it began with; of a session that has none yet, the one in force at its start. */
  tariffId: string | null
  startedAt: Instant
  meterStartWh: number
  stoppedAt: Instant | null
  meterStopWh: number | null
  /** Those from its start on and, once it is over, to its end. */
  readings: { at: Instant; energyWh: number }[]
}

// the price is written from what is read next: nobody may stop the session in between
const LOCK = 'SELECT id FROM session WHERE id = ANY($1::int[]) ORDER BY id FOR UPDATE'
// the tariff of its start stays its tariff, whatever is replaced while it runs
const TO_PRICE = `
SELECT s.id, d.zone, s.currency, s.started_at AS "startedAt", s.meter_start_wh AS "meterStartWh", s.stopped_at AS "stoppedAt",
  s.meter_stop_wh AS "meterStopWh", 'energyMissing' = ANY(s.flags) AS "energyMissing",
  COALESCE((SELECT t.id FROM tariff t WHERE t.id = s.tariff_id), (
    SELECT t.id FROM tariff t WHERE t.depot_id = s.depot_id AND t.valid_from <= s.started_at AND (t.valid_until IS NULL OR t.valid_until > s.started_at)
    ORDER BY t.valid_from DESC LIMIT 1)) AS "tariffId",
  (SELECT string_agg((extract(epoch FROM m.at) * 1000)::bigint || ',' || m.energy_wh, ',' ORDER BY m.at) FROM meter_reading m
   WHERE m.session_id = s.id AND m.energy_wh IS NOT NULL AND m.at >= s.started_at AND m.at <= COALESCE(s.stopped_at, 'infinity')) AS readings
FROM session s JOIN depot d ON d.id = s.depot_id WHERE s.id = ANY($1::int[])`

type ToPriceRow = Omit<SessionToPrice, 'startedAt' | 'meterStartWh' | 'stoppedAt' | 'meterStopWh' | 'readings'> & {
  startedAt: Date
  meterStartWh: bigint | string
  stoppedAt: Date | null
  meterStopWh: bigint | string | null
  /** Moment, register, moment, register … */
  readings: string | null
}

/** Those of these sessions that there are, by their ids; their rows are locked. */
export async function sessionsToPrice(sql: Sql, ids: number[]): Promise<SessionToPrice[]> {
  await sql({ name: 'price-lock', text: LOCK, values: [ids] })
  const rows = await sql<ToPriceRow>({ name: 'price-facts', text: TO_PRICE, values: [ids] })
  return rows.map((row) => ({
    ...row,
    startedAt: instant(row.startedAt),
    meterStartWh: Number(row.meterStartWh),
    stoppedAt: row.stoppedAt && instant(row.stoppedAt),
    meterStopWh: row.meterStopWh === null ? null : Number(row.meterStopWh),
    readings: row.readings === null ? [] : pairs(row.readings.split(',').map(Number)),
  }))
}

const pairs = (flat: number[]): SessionToPrice['readings'] =>
  Array.from({ length: flat.length / 2 }, (_, i) => ({ at: flat[2 * i] as Instant, energyWh: flat[2 * i + 1]! }))

const WRITE_COSTS = `
UPDATE session s SET energy_wh = r.energy_wh, cost_minor = r.cost_minor, cost_estimated = r.estimated, cost_lines = r.lines, tariff_id = r.tariff_id,
  quarter_wh = r.quarter_wh
FROM json_to_recordset($1::json) AS r(id int, energy_wh bigint, cost_minor bigint, estimated boolean, lines jsonb, tariff_id text, quarter_wh int[])
WHERE s.id = r.id`

export type PricedSession = { id: number; tariffId: string | null; cost: Cost; quarterWh: number[] }

export async function writeCosts(sql: Sql, priced: PricedSession[]): Promise<void> {
  if (priced.length === 0) return
  const rows = priced.map(({ id, tariffId, cost, quarterWh }) => ({
    ...{ id, energy_wh: cost.energyWh, cost_minor: cost.amountMinor, estimated: cost.estimated, lines: cost.lines },
    ...{ tariff_id: tariffId, quarter_wh: quarterWh },
  }))
  await sql({ name: 'price-write', text: WRITE_COSTS, values: [pgJson(rows)] })
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

// each half by its own index (docs/decisions/015), and not by that of the whole depot
const ofCharger = (chargerId: string, depotId: string) =>
  Prisma.sql`s.depot_id || '' = ${depotId} AND s.port_id = ANY(ARRAY(SELECT id FROM port WHERE charger_id = ${chargerId})) AND (s.stopped_at IS NULL OR s.stopped_at IS NOT NULL)`

/** One WHERE for the list, its totals and the export, so that they cannot differ. */
export const sessionsWhere = (query: SessionQuery): Prisma.Sql =>
  Prisma.join(
    [
      query.charger === null ? Prisma.sql`s.depot_id = ${query.depotId}` : ofCharger(query.charger, query.depotId),
      ...(query.from === null ? [] : [Prisma.sql`s.started_at >= ${new Date(query.from)}`]),
      ...(query.until === null ? [] : [Prisma.sql`s.started_at < ${new Date(query.until)}`]),
      ...(query.vehicle === null ? [] : [Prisma.sql`s.vehicle_id = ${query.vehicle}`]),
      ...(query.tag === null ? [] : [Prisma.sql`upper(s.id_tag) = upper(${query.tag})`]),
      ...(query.state === 'open' ? [Prisma.sql`s.stopped_at IS NULL`] : []),
      ...(query.state === 'closed' ? [Prisma.sql`s.stopped_at IS NOT NULL`] : []),
      ...(query.state === 'review' ? [reviewed] : []),
    ],
    ' AND ',
  )

/** No tariff was in force when it began: it costs nothing that is known. One that just began is priced in a moment. */
const unpriced = Prisma.sql`(s.tariff_id IS NULL AND s.cost_minor = 0 AND (s.stopped_at IS NOT NULL OR NOT EXISTS (
  SELECT FROM tariff f WHERE f.depot_id = s.depot_id AND f.valid_from <= s.started_at AND (f.valid_until IS NULL OR f.valid_until > s.started_at))))`

/** Columns and joins of a session row, for the list and the export. */
export const sessionSelect = Prisma.sql`
  SELECT s.id, s.started_at AS "startedAt", s.stopped_at AS "stoppedAt", s.port_id AS "portId", p.charger_id AS "chargerId", c.name AS "chargerName",
    p.bay, p.number AS "portNumber", v.name AS "vehicleName", d.name AS "driverName", s.id_tag AS "idTag",
    COALESCE(t.cost_centre, d.cost_centre) AS "costCentre", s.meter_start_wh AS "meterStartWh", s.meter_stop_wh AS "meterStopWh",
    s.energy_wh AS "energyWh", CASE WHEN NOT ${unpriced} THEN s.cost_minor END AS "costMinor", s.currency, s.cost_estimated AS estimated, s.stop_reason AS "stopReason", s.flags
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
  /** Null: no tariff was in force. */
  costMinor: bigint | null
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

export type SessionTotals = {
  total: number
  energyWh: number
  costMinor: number
  estimated: boolean
  unpriced: number
  unpricedWh: number
}

export async function sessionTotals(db: Db, query: SessionQuery): Promise<SessionTotals> {
  const [row] = await db.$queryRaw<SessionTotals[]>`
    SELECT count(*)::int AS total, COALESCE(sum(s.energy_wh), 0)::float8 AS "energyWh", COALESCE(sum(s.cost_minor), 0)::float8 AS "costMinor",
      COALESCE(bool_or(s.cost_estimated), false) AS estimated,
      count(*) FILTER (WHERE ${unpriced})::int AS "unpriced", COALESCE(sum(s.energy_wh) FILTER (WHERE ${unpriced}), 0)::float8 AS "unpricedWh"
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
