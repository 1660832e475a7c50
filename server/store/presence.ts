import type { Pool } from 'pg'
import { pgJson } from './json.ts'

/** A charger's socket came or went. */
export type PresenceRow = {
  id: string
  at: string
  real_at: string
  come: boolean
  /** How it is connected is known. */
  linked: boolean
  profile: number | null
  tls: string | null
  certificate_ends_at: string | null
  data: Record<string, unknown>
}

const WRITE = `
WITH r AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS r(id text, at timestamptz, real_at timestamptz, come boolean, linked boolean, profile int, tls text,
    certificate_ends_at timestamptz, data jsonb)
), held AS MATERIALIZED (
  -- in one order, whoever else takes these locks
  SELECT c.id FROM charger c JOIN r ON r.id = c.id ORDER BY c.id FOR NO KEY UPDATE OF c
), changed AS (
  UPDATE charger c SET
    connected_at = CASE WHEN r.come THEN r.at END,
    disconnected_at = CASE WHEN r.come THEN c.disconnected_at ELSE r.at END,
    seen_at = CASE WHEN r.come THEN r.at ELSE c.seen_at END,
    connected_profile = CASE WHEN r.linked THEN r.profile ELSE c.connected_profile END,
    tls_version = CASE WHEN r.linked THEN r.tls ELSE c.tls_version END,
    certificate_ends_at = CASE WHEN r.linked THEN r.certificate_ends_at ELSE c.certificate_ends_at END
  FROM r JOIN held ON held.id = r.id WHERE c.id = r.id
  RETURNING c.id, c.depot_id, r.at, r.real_at, r.come, r.data
), told AS (
  INSERT INTO journal (at, real_at, depot_id, actor, kind, subject, data)
  SELECT at, real_at, depot_id, 'charger:' || id, CASE WHEN come THEN 'charger.connected' ELSE 'charger.disconnected' END, 'charger:' || id, data
  FROM changed
)
SELECT id, depot_id FROM changed`

/** Writes comings and goings, at most one of each charger. @returns the depots of those that exist */
export async function writePresence(pool: Pool, rows: PresenceRow[]): Promise<Map<string, string>> {
  const { rows: changed } = await pool.query<{ id: string; depot_id: string }>({ name: 'presence', text: WRITE, values: [pgJson(rows)] })
  return new Map(changed.map(({ id, depot_id }) => [id, depot_id]))
}
