import type { Instant } from '#lib/time/instant.ts'
import type { Database } from './database.ts'

export const OVER_CAP = 'safety.overCap'
export const UNDER_CAP = 'safety.underCap'

/** Measured power under each node that chargers hang on directly, from readings since `since`. */
export const drawnSince = async ({ pool }: Database, depotId: string, since: Instant): Promise<{ nodeId: string; powerW: number }[]> =>
  (
    await pool.query<{ nodeId: string; powerW: number }>(
      `SELECT c.node_id AS "nodeId", sum(p.power_w)::float8 AS "powerW" FROM port p JOIN charger c ON c.id = p.charger_id
       WHERE c.depot_id = $1 AND c.retired_at IS NULL AND c.connected_at IS NOT NULL AND p.power_at > $2 GROUP BY 1`,
      [depotId, new Date(since)],
    )
  ).rows

/** Nodes of which the journal says that they carry more than their cap, and since when. */
export const overCapSince = async ({ pool }: Database, depotId: string): Promise<Map<string, Instant>> => {
  const { rows } = await pool.query<{ subject: string; kind: string; since: Instant }>(
    `SELECT DISTINCT ON (subject) subject, kind, (data->>'since')::float8 AS since FROM journal
     WHERE depot_id = $1 AND kind IN ($2, $3) ORDER BY subject, id DESC`,
    [depotId, OVER_CAP, UNDER_CAP],
  )
  return new Map(rows.flatMap(({ subject, kind, since }) => (kind === OVER_CAP ? [[subject, since] as const] : [])))
}
