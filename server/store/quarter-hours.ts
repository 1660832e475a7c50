import { type Instant, instant } from '#lib/time/instant.ts'
import type { Db } from './database.ts'

/** `quarterWh`: as it was written when the session closed; empty: the readings say. */
export type SessionRegisters = {
  portId: string
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
  startedAt: Date
  meterStartWh: bigint
  stoppedAt: Date | null
  meterStopWh: bigint | null
  quarterWh: number[]
}
type SampleRow = { id: number; firstAt: Date; firstWh: number; lastAt: Date; lastWh: number }

/**
 * Registers of all sessions that touch a period. Readings only of sessions that are open or were never priced, and of each quarter hour
 * only the first and the last: between them energy stays in the quarter, and across its border the line between two samples is the same.
 */
export async function registersBetween(db: Db, depotId: string, from: Instant, until: Instant): Promise<SessionRegisters[]> {
  const sessions = await db.$queryRaw<SessionRow[]>`
    SELECT id, port_id AS "portId", started_at AS "startedAt", meter_start_wh AS "meterStartWh", stopped_at AS "stoppedAt",
      meter_stop_wh AS "meterStopWh", quarter_wh AS "quarterWh"
    FROM session WHERE depot_id = ${depotId} AND started_at < ${new Date(until)} AND (stopped_at IS NULL OR stopped_at >= ${new Date(from)})`
  const unpriced = sessions.filter(({ quarterWh }) => quarterWh.length === 0).map(({ id }) => id)
  const samples =
    unpriced.length === 0
      ? []
      : await db.$queryRaw<SampleRow[]>`
          SELECT session_id AS id, min(at) AS "firstAt", min(energy_wh)::float8 AS "firstWh", max(at) AS "lastAt", max(energy_wh)::float8 AS "lastWh"
          FROM meter_reading
          WHERE session_id = ANY(${unpriced}::int[]) AND energy_wh IS NOT NULL
            -- a day around it, so that a border between two samples finds both
            AND at BETWEEN ${new Date(from - 86_400_000)} AND ${new Date(until + 86_400_000)}
          GROUP BY session_id, floor(extract(epoch FROM at) / 900)`
  const bySession = Map.groupBy(samples, ({ id }) => id)
  return sessions.map(({ id, ...row }) => ({
    ...row,
    startedAt: instant(row.startedAt),
    meterStartWh: Number(row.meterStartWh),
    stoppedAt: row.stoppedAt && instant(row.stoppedAt),
    meterStopWh: row.meterStopWh === null ? null : Number(row.meterStopWh),
    readings: (bySession.get(id) ?? []).flatMap(({ firstAt, firstWh, lastAt, lastWh }) => [
      { at: instant(firstAt), energyWh: firstWh },
      { at: instant(lastAt), energyWh: lastWh },
    ]),
  }))
}

/** Building load of the depot's nodes by quarter hour: measured where it was, else forecast. Slots longer than a quarter fill all of theirs. */
export const baseLoadBetween = (db: Db, depotId: string, from: Instant, until: Instant) =>
  db.$queryRaw<{ nodeId: string; startsAt: Date; minutes: number; powerW: number; measured: boolean }[]>`
    SELECT b.node_id AS "nodeId", b.starts_at AS "startsAt", b.minutes, COALESCE(b.measured_w, b.forecast_w) AS "powerW", b.measured_w IS NOT NULL AS measured
    FROM base_load b JOIN site_node n ON n.id = b.node_id
    WHERE n.depot_id = ${depotId} AND b.starts_at >= ${new Date(from - 3_600_000)} AND b.starts_at < ${new Date(until)}`

/** Ports of a depot with the node that feeds their charger; retired chargers are left out. */
export const portsOfDepot = (db: Db, depotId: string) =>
  db.$queryRaw<{ id: string; nodeId: string; maxW: number }[]>`
    SELECT p.id, c.node_id AS "nodeId", p.max_w AS "maxW" FROM port p JOIN charger c ON c.id = p.charger_id
    WHERE c.depot_id = ${depotId} AND c.retired_at IS NULL`

export const nodesOfDepot = (db: Db, depotId: string) => db.siteNode.findMany({ where: { depotId } })
