import type { Instant } from '#lib/time/instant.ts'
import type { Database } from './database.ts'

export type Peak = { peakW: number | null; peakAt: number | null; estimated: boolean; countedUntil: number }
const peakKey = (depotId: string, monthFrom: Instant) => `peak:${depotId}:${new Date(monthFrom).toISOString().slice(0, 10)}`

/** What was counted of a month's peak so far. */
export const keptPeak = async ({ prisma }: Database, depotId: string, monthFrom: Instant): Promise<Peak | undefined> =>
  (await prisma.setting.findUnique({ where: { key: peakKey(depotId, monthFrom) } }))?.value as Peak | undefined

export const keepPeak = ({ prisma }: Database, depotId: string, monthFrom: Instant, value: Peak) => {
  const key = peakKey(depotId, monthFrom)
  return prisma.setting.upsert({ where: { key }, create: { key, value }, update: { value } })
}

export type ServiceNodeRow = {
  id: string
  name: string
  limitW: number | null
  breakerMa: number | null
  volts: number
  wiring: string
  phases: number
  limitIncludesContinuous: boolean
  phaseLimitMa: number | null
}

/** The service connection: the root of the site tree. */
export const serviceNode = ({ prisma }: Database, depotId: string): Promise<ServiceNodeRow | null> =>
  prisma.siteNode.findFirst({ where: { depotId, parentId: null }, orderBy: { id: 'asc' } })

/** Base load of all nodes of the depot, per quarter hour of `[from, until)`; measured: what meters told last. */
export const baseSlots = async ({ pool }: Database, depotId: string, from: Instant, until: Instant) =>
  (
    await pool.query<{ from: Instant; minutes: number; forecastW: number; measuredW: number | null }>(
      `SELECT (extract(epoch FROM q.at) * 1000)::float8 AS "from", max(least(15, b.minutes - q.past))::int AS minutes,
         coalesce(sum(coalesce(b.forecast_w, b.measured_w)), 0)::int AS "forecastW", CASE WHEN bool_and(b.measured_w IS NOT NULL) THEN sum(b.measured_w)::int END AS "measuredW"
       FROM base_load b JOIN site_node n ON n.id = b.node_id
         CROSS JOIN LATERAL (SELECT past, b.starts_at + past * interval '1 minute' AS at FROM generate_series(0, b.minutes - 1, 15) past) q
       WHERE n.depot_id = $1 AND b.starts_at > $2::timestamptz - interval '1 day' AND b.starts_at < $3
         AND q.at + least(15, b.minutes - q.past) * interval '1 minute' > $2 AND q.at < $3
       GROUP BY q.at ORDER BY q.at`,
      [depotId, new Date(from), new Date(until)],
    )
  ).rows

export type VehicleQuarterRow = { vehicleId: string; from: Instant; powerW: number }

/**
 * What each vehicle took per quarter hour of `[from, until)`, mean W from its register, at most twice what its port gives: a register that jumps is no
 * power. Quarters without energy are left out.
 */
export const vehicleQuarters = async ({ pool }: Database, depotId: string, from: Instant, until: Instant): Promise<VehicleQuarterRow[]> =>
  (
    await pool.query<VehicleQuarterRow>(
      `WITH reading AS (
         SELECT s.vehicle_id, p.max_w, r.at, r.energy_wh - lag(r.energy_wh) OVER (PARTITION BY r.session_id ORDER BY r.at) AS wh
         FROM meter_reading r JOIN session s ON s.id = r.session_id JOIN port p ON p.id = s.port_id
         WHERE s.depot_id = $1 AND s.vehicle_id IS NOT NULL AND (s.stopped_at IS NULL OR s.stopped_at >= $2)
           AND r.energy_wh IS NOT NULL AND r.at >= $2::timestamptz - interval '15 minutes' AND r.at < $3
       )
       SELECT vehicle_id AS "vehicleId", floor(extract(epoch FROM at) / 900)::float8 * 900000 AS "from",
         least(round(sum(greatest(wh, 0)) * 4), 2 * max(max_w))::int AS "powerW"
       FROM reading WHERE at >= $2 GROUP BY 1, 2 HAVING sum(greatest(wh, 0)) > 0 ORDER BY 1, 2`,
      [depotId, new Date(from), new Date(until)],
    )
  ).rows
