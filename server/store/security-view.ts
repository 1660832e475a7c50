import { type Instant, instant } from '#lib/time/instant.ts'
import type { Database } from './database.ts'

const ms = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8`

/** What was told of one kind and one thing since a moment (depot time), if nobody has had a look since. */
export type SecurityLine = {
  kind: string
  subject: string
  /** Of the charger, where it is one of ours. */
  chargerId: string | null
  name: string | null
  times: number
  firstAt: number
  lastAt: number
  /** Of the last one. */
  data: Record<string, unknown>
  /** The last one came from the same address as another, live one. */
  addresses: string[]
}

/** Lines of the journal that ask for a look, grouped; what concerns no charger of ours is everybody's. */
export const securityLines = async (
  { pool }: Database,
  depotId: string,
  kinds: readonly string[],
  since: Instant,
): Promise<SecurityLine[]> =>
  (
    await pool.query<SecurityLine>(
      `WITH line AS (
         SELECT kind, COALESCE(subject, '') AS subject, at, data FROM journal
         WHERE kind = ANY($2) AND at >= $3 AND (depot_id = $1 OR depot_id IS NULL)
       )
       SELECT l.kind, l.subject, c.id AS "chargerId", c.name, count(*)::int AS times, ${ms('min(l.at)')} AS "firstAt", ${ms('max(l.at)')} AS "lastAt",
         (array_agg(l.data ORDER BY l.at DESC))[1] AS data,
         array_remove(array_agg(DISTINCT l.data->>'address'), NULL) AS addresses
       FROM line l LEFT JOIN charger c ON 'charger:' || c.id = l.subject AND c.depot_id = $1
       WHERE NOT EXISTS (
         SELECT 1 FROM journal seen WHERE seen.kind = 'security.seen' AND seen.subject = l.kind || ':' || l.subject AND seen.at >= l.at
       )
       GROUP BY l.kind, l.subject, c.id, c.name ORDER BY max(l.at) DESC LIMIT 100`,
      [depotId, kinds, new Date(since)],
    )
  ).rows

export type UnseenEvent = { type: string; times: number; names: string[]; chargerIds: string[]; firstAt: number; lastAt: number }

/** Security events of chargers that nobody had a look at, by type. */
export const unseenEvents = async ({ pool }: Database, depotId: string): Promise<UnseenEvent[]> =>
  (
    await pool.query<UnseenEvent>(
      `SELECT e.type, count(*)::int AS times, array_agg(DISTINCT c.name) AS names, array_agg(DISTINCT c.id) AS "chargerIds",
         ${ms('min(e.received_at)')} AS "firstAt", ${ms('max(e.received_at)')} AS "lastAt"
       FROM security_event e JOIN charger c ON c.id = e.charger_id
       WHERE e.depot_id = $1 AND e.seen_at IS NULL AND c.retired_at IS NULL GROUP BY e.type ORDER BY max(e.received_at) DESC LIMIT 50`,
      [depotId],
    )
  ).rows

/** Takes these events as seen. @returns how many there were */
export const takeEventsAsSeen = async ({ prisma }: Database, depotId: string, type: string, by: string, at: Instant): Promise<number> =>
  (await prisma.securityEvent.updateMany({ where: { depotId, type, seenAt: null }, data: { seenBy: by, seenAt: new Date(at) } })).count

export type EndingCertificate = { id: string; kind: string; chargerId: string | null; name: string | null; endsAt: Instant }

/** Certificates in use that end before `until` (real time): the newest of each charger, and our own. */
export const certificatesEnding = async ({ pool }: Database, depotId: string, until: Instant): Promise<EndingCertificate[]> => {
  const { rows } = await pool.query<EndingCertificate & { ends: Date }>(
    `SELECT * FROM (
       SELECT DISTINCT ON (t.charger_id, t.kind) t.id, t.kind, t.charger_id AS "chargerId", c.name, t.not_after AS ends
       FROM certificate t LEFT JOIN charger c ON c.id = t.charger_id
       WHERE (t.kind = 'charger' AND t.state = 'accepted' AND c.depot_id = $1 AND c.retired_at IS NULL)
          OR (t.charger_id IS NULL AND t.state = 'active')
       ORDER BY t.charger_id, t.kind, t.not_after DESC NULLS LAST
     ) newest WHERE ends < $2`,
    [depotId, new Date(until)],
  )
  return rows.map(({ ends, ...row }) => ({ ...row, endsAt: instant(ends) }))
}

/** Client certificates of other authorities: known only by what the charger came with. */
export const foreignCertificatesEnding = async ({ prisma }: Database, depotId: string, until: Instant) =>
  prisma.charger.findMany({
    where: {
      depotId,
      retiredAt: null,
      certificateEndsAt: { lt: new Date(until) },
      connectedProfile: 3,
      certificates: { none: { kind: 'charger', state: 'accepted' } },
    },
    select: { id: true, name: true, certificateEndsAt: true },
  })

/** Our own certificates, newest first. */
export const ownCertificates = ({ prisma }: Database) =>
  prisma.certificate.findMany({ where: { chargerId: null, kind: { in: ['root', 'server'] } }, orderBy: { createdAt: 'desc' }, take: 20 })

export const securityEventsOf = ({ prisma }: Database, chargerId: string) =>
  prisma.securityEvent.findMany({ where: { chargerId }, orderBy: { receivedAt: 'desc' }, take: 50 })

/** What the security of one charger rests on, and the address it last came from. */
export const chargerSecurityRow = async ({ prisma, pool }: Database, id: string) => {
  const [row, { rows }] = await Promise.all([
    prisma.charger.findUniqueOrThrow({ where: { id } }),
    pool.query<{ address: string | null }>(
      `SELECT data->>'address' AS address FROM journal WHERE subject = $1 AND kind = 'charger.connected' ORDER BY at DESC LIMIT 1`,
      [`charger:${id}`],
    ),
  ])
  return { ...row, address: rows[0]?.address ?? null }
}
