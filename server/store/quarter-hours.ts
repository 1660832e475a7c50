import { type Instant, instant } from '#lib/time/instant.ts'
import type { Db } from './database.ts'

export type SessionRegisters = {
  id: number
  portId: string
  startedAt: Instant
  meterStartWh: number
  stoppedAt: Instant | null
  meterStopWh: number | null
  lastAt: Instant
  readings: { at: Instant; energyWh: number }[]
}

/**
 * Registers of all sessions that touch a period. Of each quarter hour only the first and the last sample are read: between them energy
 * stays in the quarter, and across its border the line between two samples is the same.
 */
export async function registersBetween(db: Db, depotId: string, from: Instant, until: Instant): Promise<SessionRegisters[]> {
  const [sessions, samples] = await Promise.all([
    db.$queryRaw<
      {
        id: number
        portId: string
        startedAt: Date
        meterStartWh: bigint
        stoppedAt: Date | null
        meterStopWh: bigint | null
        lastAt: Date
      }[]
    >`
      SELECT id, port_id AS "portId", started_at AS "startedAt", meter_start_wh AS "meterStartWh", stopped_at AS "stoppedAt",
        meter_stop_wh AS "meterStopWh", COALESCE(stopped_at, last_meter_at, started_at) AS "lastAt"
      FROM session WHERE depot_id = ${depotId} AND started_at < ${new Date(until)} AND (stopped_at IS NULL OR stopped_at >= ${new Date(from)})`,
    db.$queryRaw<{ id: number; firstAt: Date; firstWh: number; lastAt: Date; lastWh: number }[]>`
      SELECT m.session_id AS id, min(m.at) AS "firstAt", min(m.energy_wh)::float8 AS "firstWh", max(m.at) AS "lastAt", max(m.energy_wh)::float8 AS "lastWh"
      FROM session s JOIN meter_reading m ON m.session_id = s.id
      WHERE s.depot_id = ${depotId} AND s.started_at < ${new Date(until)} AND (s.stopped_at IS NULL OR s.stopped_at >= ${new Date(from)})
        AND m.energy_wh IS NOT NULL
        -- a day around it, so that a border between two samples finds both
        AND m.at BETWEEN ${new Date(from - 86_400_000)} AND ${new Date(until + 86_400_000)}
      GROUP BY m.session_id, floor(extract(epoch FROM m.at) / 900)`,
  ])
  const bySession = Map.groupBy(samples, ({ id }) => id)
  return sessions.map((row) => {
    const readings = (bySession.get(row.id) ?? []).flatMap(({ firstAt, firstWh, lastAt, lastWh }) => [
      { at: instant(firstAt), energyWh: firstWh },
      { at: instant(lastAt), energyWh: lastWh },
    ])
    return {
      id: row.id,
      portId: row.portId,
      startedAt: instant(row.startedAt),
      meterStartWh: Number(row.meterStartWh),
      stoppedAt: row.stoppedAt && instant(row.stoppedAt),
      meterStopWh: row.meterStopWh === null ? null : Number(row.meterStopWh),
      lastAt: instant(row.lastAt),
      readings,
    }
  })
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
