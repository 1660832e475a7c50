import type { Instant } from '#lib/time/instant.ts'
import type { Database } from './database.ts'

const QUARTER_MS = 900_000
export type QuarterRow = { from: Instant; vehiclesW: number; baseW: number | null; baseIsForecast: boolean }

/**
 * Mean power per quarter hour of `[from, until)`: vehicles from differences of their registers (a sample's energy belongs to the quarter
 * in which it was read), and the base load of the depot's nodes, measured where known, else foreseen. Quarters without vehicles are there too.
 */
export async function quarterMeans({ pool }: Database, depotId: string, from: Instant, until: Instant): Promise<QuarterRow[]> {
  const first = Math.floor(from / QUARTER_MS) * QUARTER_MS
  const { rows } = await pool.query<QuarterRow>(
    `WITH quarter AS (
       SELECT q FROM generate_series($2::timestamptz, $3::timestamptz - interval '1 millisecond', interval '15 minutes') AS q
     ), reading AS (
       SELECT r.at, r.energy_wh - lag(r.energy_wh) OVER (PARTITION BY r.session_id ORDER BY r.at) AS wh
       FROM meter_reading r JOIN session s ON s.id = r.session_id
       WHERE s.depot_id = $1 AND s.started_at < $3 AND (s.stopped_at IS NULL OR s.stopped_at >= $2)
         AND r.energy_wh IS NOT NULL AND r.at >= $2::timestamptz - interval '15 minutes' AND r.at < $3
     ), vehicle AS (
       SELECT to_timestamp(floor(extract(epoch FROM at) / 900) * 900) AS q, sum(greatest(wh, 0)) AS wh
       FROM reading WHERE at >= $2 GROUP BY 1
     ), base AS (
       SELECT quarter.q, sum(coalesce(b.measured_w, b.forecast_w)) AS w, bool_or(b.measured_w IS NULL) AS forecast
       FROM quarter JOIN site_node n ON n.depot_id = $1
       JOIN base_load b ON b.node_id = n.id AND b.starts_at <= quarter.q AND b.starts_at > quarter.q - interval '1 day'
         AND b.starts_at + make_interval(mins => b.minutes) > quarter.q
       GROUP BY quarter.q
     )
     SELECT (extract(epoch FROM quarter.q) * 1000)::float8 AS "from", round(coalesce(vehicle.wh, 0) * 4)::int AS "vehiclesW",
       base.w::int AS "baseW", coalesce(base.forecast, true) AS "baseIsForecast"
     FROM quarter LEFT JOIN vehicle USING (q) LEFT JOIN base USING (q) ORDER BY quarter.q`,
    [depotId, new Date(first), new Date(until)],
  )
  return rows
}

export type Peak = { peakW: number | null; peakAt: number | null; countedUntil: number; sessions: number }
const peakKey = (depotId: string, monthFrom: Instant) => `peak:${depotId}:${new Date(monthFrom).toISOString().slice(0, 10)}`

/** What was counted of a month's peak so far. */
export const keptPeak = async ({ prisma }: Database, depotId: string, monthFrom: Instant): Promise<Peak | undefined> =>
  (await prisma.setting.findUnique({ where: { key: peakKey(depotId, monthFrom) } }))?.value as Peak | undefined

export const keepPeak = ({ prisma }: Database, depotId: string, monthFrom: Instant, value: Peak) => {
  const key = peakKey(depotId, monthFrom)
  return prisma.setting.upsert({ where: { key }, create: { key, value }, update: { value } })
}

/** Sessions that began in `[from, until)`: when there are more than there were, past quarters have changed. */
export const sessionsBegun = ({ prisma }: Database, depotId: string, from: Instant, until: Instant): Promise<number> =>
  prisma.session.count({ where: { depotId, startedAt: { gte: new Date(from), lt: new Date(until) } } })

export type ServiceNodeRow = {
  id: string
  name: string
  limitW: number | null
  breakerMa: number | null
  volts: number
  wiring: string
  phases: number
  limitIncludesContinuous: boolean
}

/** The service connection: the root of the site tree. */
export const serviceNode = ({ prisma }: Database, depotId: string): Promise<ServiceNodeRow | null> =>
  prisma.siteNode.findFirst({ where: { depotId, parentId: null }, orderBy: { id: 'asc' } })

/** Base load of all nodes of the depot, per slot of `[from, until)`. */
export const baseSlots = async ({ pool }: Database, depotId: string, from: Instant, until: Instant) =>
  (
    await pool.query<{ from: Instant; minutes: number; forecastW: number; measuredW: number | null }>(
      `SELECT (extract(epoch FROM b.starts_at) * 1000)::float8 AS "from", max(b.minutes)::int AS minutes, sum(b.forecast_w)::int AS "forecastW",
         CASE WHEN bool_and(b.measured_w IS NOT NULL) THEN sum(b.measured_w)::int END AS "measuredW"
       FROM base_load b JOIN site_node n ON n.id = b.node_id
       WHERE n.depot_id = $1 AND b.starts_at > $2::timestamptz - interval '1 day' AND b.starts_at + make_interval(mins => b.minutes) > $2 AND b.starts_at < $3
       GROUP BY b.starts_at ORDER BY b.starts_at`,
      [depotId, new Date(from), new Date(until)],
    )
  ).rows

export type VehicleQuarterRow = { vehicleId: string; from: Instant; powerW: number }

/** What each vehicle took per quarter hour of `[from, until)`, mean W from its register; quarters without energy are left out. */
export const vehicleQuarters = async ({ pool }: Database, depotId: string, from: Instant, until: Instant): Promise<VehicleQuarterRow[]> =>
  (
    await pool.query<VehicleQuarterRow>(
      `WITH reading AS (
         SELECT s.vehicle_id, r.at, r.energy_wh - lag(r.energy_wh) OVER (PARTITION BY r.session_id ORDER BY r.at) AS wh
         FROM meter_reading r JOIN session s ON s.id = r.session_id
         WHERE s.depot_id = $1 AND s.vehicle_id IS NOT NULL AND (s.stopped_at IS NULL OR s.stopped_at >= $2)
           AND r.energy_wh IS NOT NULL AND r.at >= $2::timestamptz - interval '15 minutes' AND r.at < $3
       )
       SELECT vehicle_id AS "vehicleId", floor(extract(epoch FROM at) / 900)::float8 * 900000 AS "from",
         round(sum(greatest(wh, 0)) * 4)::int AS "powerW"
       FROM reading WHERE at >= $2 GROUP BY 1, 2 HAVING sum(greatest(wh, 0)) > 0 ORDER BY 1, 2`,
      [depotId, new Date(from), new Date(until)],
    )
  ).rows
