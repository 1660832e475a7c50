import type { Instant } from '#lib/time/instant.ts'
import type { Database } from './database.ts'

const ms = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8`

export type ChargerLinkRow = {
  id: string
  name: string
  protocol: string
  vendor: string | null
  /** null: it never connected. */
  profile: number | null
  tlsVersion: string | null
  certificateEndsAt: Instant | null
  online: boolean
  seenAt: Instant | null
  /** Of its last connection. */
  address: string | null
  /** Actions it sent since `since`. */
  actions: string[]
}

/** How each charger of a depot is, or was last, connected. */
export const chargerLinkRows = async ({ pool }: Database, depotId: string, since: Instant): Promise<ChargerLinkRow[]> =>
  (
    await pool.query<ChargerLinkRow>(
      `SELECT c.id, c.name, c.protocol, c.vendor, c.connected_profile AS profile, c.tls_version AS "tlsVersion",
         ${ms('c.certificate_ends_at')} AS "certificateEndsAt", c.connected_at IS NOT NULL AS online, ${ms('c.seen_at')} AS "seenAt",
         came.address, said.actions
       FROM charger c
       LEFT JOIN LATERAL (
         SELECT data->>'address' AS address FROM journal
         WHERE subject = 'charger:' || c.id AND kind = 'charger.connected' ORDER BY at DESC LIMIT 1
       ) came ON true
       CROSS JOIN LATERAL (
         SELECT COALESCE(array_agg(DISTINCT m.action), '{}') AS actions FROM ocpp_message m
         WHERE m.charger_id = c.id AND m.at >= $2 AND m.direction = 'in' AND m.action IS NOT NULL
       ) said
       WHERE c.depot_id = $1 AND c.retired_at IS NULL ORDER BY c.name`,
      [depotId, new Date(since)],
    )
  ).rows

export type KeyLinkRow = {
  id: string
  name: string
  prefix: string
  scopes: string[]
  createdBy: string
  lastUsedAt: Instant | null
  address: string | null
  secure: boolean | null
}

/** API keys that reach a depot and are not revoked. */
export const keyLinkRows = async ({ pool }: Database, depotId: string): Promise<KeyLinkRow[]> =>
  (
    await pool.query<KeyLinkRow>(
      `SELECT k.id, k.name, k.prefix, k.scopes, COALESCE(u.name, k.created_by) AS "createdBy", ${ms('k.last_used_at')} AS "lastUsedAt",
         k.last_address AS address, k.last_secure AS secure
       FROM api_key k LEFT JOIN "user" u ON 'user:' || u.id = k.created_by
       WHERE k.revoked_at IS NULL AND (k.depot_id IS NULL OR k.depot_id = $1) ORDER BY k.name`,
      [depotId],
    )
  ).rows

/** How this process is connected to its database: TLS version, and whether both are one machine. */
export const databaseLink = async ({ pool }: Database): Promise<{ tls: string | null; local: boolean }> =>
  (
    await pool.query<{ tls: string | null; local: boolean }>(
      `SELECT s.version AS tls, COALESCE(a.client_addr IS NULL OR a.client_addr <<= '127.0.0.0/8' OR a.client_addr = '::1', true) AS local
       FROM pg_stat_activity a LEFT JOIN pg_stat_ssl s ON s.pid = a.pid AND s.ssl WHERE a.pid = pg_backend_pid()`,
    )
  ).rows[0]!
