import { type Instant, instant } from '#lib/time/instant.ts'
import type { Database, Db } from './database.ts'

/** `quarterWh`: as it was written when the session closed; empty: the readings say. */
export type SessionRegisters = {
  portId: string
  /** What its port gives at most, W. */
  portW: number
  startedAt: Instant
  meterStartWh: number
  stoppedAt: Instant | null
  meterStopWh: number | null
  quarterWh: number[]
  readings: { at: Instant; energyWh: number }[]
}

type SessionRow = {
  id: number
  portId: string
  portW: number
  startedAt: Date
  meterStartWh: number
  stoppedAt: Date | null
  meterStopWh: number | null
  quarterWh: number[]
}
type SampleRow = { id: number; firstAt: Date; firstWh: number; lastAt: Date; lastWh: number }

/**
 * Registers of all sessions that touch a period. Readings only of sessions that are open or were never priced, and of each quarter hour
 * only the first and the last: between them energy stays in the quarter, and across its border the line between two samples is the same.
 */
export async function registersBetween({ pool }: Database, depotId: string, from: Instant, until: Instant): Promise<SessionRegisters[]> {
  // past Prisma, which takes ten times as long for thousands of arrays
  const { rows: sessions } = await pool.query<SessionRow>(
    `SELECT s.id, s.port_id AS "portId", p.max_w AS "portW", s.started_at AS "startedAt", s.meter_start_wh::float8 AS "meterStartWh",
      s.stopped_at AS "stoppedAt", s.meter_stop_wh::float8 AS "meterStopWh", s.quarter_wh AS "quarterWh"
    FROM session s JOIN port p ON p.id = s.port_id WHERE s.depot_id = $1 AND s.started_at < $2 AND (s.stopped_at IS NULL OR s.stopped_at >= $3)`,
    [depotId, new Date(until), new Date(from)],
  )
  const unpriced = sessions.filter(({ quarterWh }) => quarterWh.length === 0).map(({ id }) => id)
  const samples =
    unpriced.length === 0
      ? []
      : (
          await pool.query<SampleRow>(
            `SELECT session_id AS id, min(at) AS "firstAt", min(energy_wh)::float8 AS "firstWh", max(at) AS "lastAt", max(energy_wh)::float8 AS "lastWh"
          FROM meter_reading
          WHERE session_id = ANY($1::int[]) AND energy_wh IS NOT NULL
            -- a day around it, so that a border between two samples finds both
            AND at BETWEEN $2 AND $3
          GROUP BY session_id, floor(extract(epoch FROM at) / 900)`,
            [unpriced, new Date(from - 86_400_000), new Date(until + 86_400_000)],
          )
        ).rows
  const bySession = Map.groupBy(samples, ({ id }) => id)
  return sessions.map(({ id, ...row }) => ({
    ...row,
    startedAt: instant(row.startedAt),
    stoppedAt: row.stoppedAt && instant(row.stoppedAt),
    readings: (bySession.get(id) ?? []).flatMap(({ firstAt, firstWh, lastAt, lastWh }) => [
      { at: instant(firstAt), energyWh: firstWh },
      { at: instant(lastAt), energyWh: lastWh },
    ]),
  }))
}

/** Building load of the depot's nodes by quarter hour: the mean of what was measured, else forecast. Slots longer than a quarter fill all of theirs. */
export const baseLoadBetween = async ({ pool }: Database, depotId: string, from: Instant, until: Instant) =>
  (
    await pool.query<{ nodeId: string; startsAt: Date; minutes: number; powerW: number; measured: boolean }>(
      `SELECT b.node_id AS "nodeId", b.starts_at AS "startsAt", b.minutes, COALESCE(b.measured_mean_w, b.measured_w, b.forecast_w) AS "powerW", b.measured_w IS NOT NULL AS measured
    FROM base_load b JOIN site_node n ON n.id = b.node_id
    WHERE n.depot_id = $1 AND b.starts_at >= $2 AND b.starts_at < $3`,
      [depotId, new Date(from - 3_600_000), new Date(until)],
    )
  ).rows

/** Ports of a depot with the node that feeds their charger; retired chargers are left out. */
export const portsOfDepot = (db: Db, depotId: string) =>
  db.$queryRaw<{ id: string; nodeId: string; maxW: number }[]>`
    SELECT p.id, c.node_id AS "nodeId", p.max_w AS "maxW" FROM port p JOIN charger c ON c.id = p.charger_id
    WHERE c.depot_id = ${depotId} AND c.retired_at IS NULL`

export const nodesOfDepot = (db: Db, depotId: string) => db.siteNode.findMany({ where: { depotId } })
