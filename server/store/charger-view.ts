import { type Instant, instant } from '#lib/time/instant.ts'
import type { Database } from './database.ts'
import type { Steps } from './limit.ts'

export type ChargerViewRow = {
  id: string
  identity: string
  name: string
  vendor: string | null
  model: string | null
  serial: string | null
  firmware: string | null
  protocol: string
  online: boolean
  seenAt: Instant | null
  bootedAt: Instant | null
  createdAt: Instant
  clockOffsetMs: number
  commissionedAt: Instant | null
  problem: string | null
  quirks: Record<string, unknown>
  configuration: unknown
  circuit: string
  group: string | null
  registration: 'accepted' | 'pending' | 'rejected'
}

/** Chargers of a depot that are in service, by name; or one of them. */
export async function chargerRows({ prisma }: Database, depotId: string, id?: string): Promise<ChargerViewRow[]> {
  const rows = await prisma.charger.findMany({
    where: { depotId, retiredAt: null, ...(id && { id }) },
    include: { node: { select: { name: true } } },
    orderBy: { name: 'asc' },
  })
  return rows.map((row) => ({
    id: row.id,
    identity: row.identity,
    name: row.name,
    vendor: row.vendor,
    model: row.model,
    serial: row.serial,
    firmware: row.firmware,
    protocol: row.protocol,
    online: row.connectedAt !== null,
    seenAt: row.seenAt && instant(row.seenAt),
    bootedAt: row.bootedAt && instant(row.bootedAt),
    createdAt: instant(row.createdAt),
    clockOffsetMs: row.clockOffsetMs,
    commissionedAt: row.commissionedAt && instant(row.commissionedAt),
    problem: row.commissionProblem,
    quirks: (row.quirks ?? {}) as Record<string, unknown>,
    configuration: row.configuration,
    circuit: row.node.name,
    group: row.groupName,
    registration: row.registration as ChargerViewRow['registration'],
  }))
}

export const nodeRows = ({ prisma }: Database, depotId: string) =>
  prisma.siteNode.findMany({ where: { depotId }, orderBy: { name: 'asc' }, select: { id: true, name: true, kind: true } })

/** The last limits sent to a charger's ports, the newest first. */
export async function limitRows({ prisma }: Database, chargerId: string, take: number) {
  const rows = await prisma.limitSent.findMany({
    where: { port: { chargerId }, outcome: { not: 'notSent' } },
    orderBy: { id: 'desc' },
    take,
    include: { port: { select: { number: true } } },
  })
  return rows.map((row) => ({
    id: String(row.id),
    port: row.port.number,
    kind: row.kind as 'fallback' | 'session',
    steps: row.curve as Steps,
    sentAt: instant(row.sentAt),
    outcome: row.outcome,
    answeredAt: row.answeredAt && instant(row.answeredAt),
    countsAt: row.countsAt && instant(row.countsAt),
    reason: row.reason,
  }))
}

export type MessageFilter = { search?: string; before?: { at: Instant; id: bigint }; take: number }
export type MessageRow = {
  id: string
  at: number
  direction: 'in' | 'out'
  type: string
  action: string | null
  messageId: string
  payload: unknown
  note: string | null
}

/**
 * The raw log of a charger, newest first. `search` looks into action, message id, payload and note; it is no pattern. A call that was answered
 * with its commit is one row of the table (docs/decisions/009) and two of these, which is why their numbers are not the table's.
 */
export async function messageRows({ pool }: Database, chargerId: string, { search, before, take }: MessageFilter): Promise<MessageRow[]> {
  const like = search ? `%${search.replace(/[\\%_]/g, (c) => `\\${c}`)}%` : null
  const { rows } = await pool.query<MessageRow>(
    `SELECT (m.id * 2 + said.part)::text AS id, (extract(epoch FROM m.at) * 1000)::float8 AS at, said.direction, said.type, m.action,
       m.message_id AS "messageId", said.payload, said.note
     FROM ocpp_message m
     CROSS JOIN LATERAL (VALUES (0, m.direction, m.type, m.payload, m.note), (1, 'out', 'result', m.answer, NULL))
       AS said(part, direction, type, payload, note)
     WHERE m.charger_id = $1 AND (said.part = 0 OR m.answer IS NOT NULL)
       AND ($2::timestamptz IS NULL OR (m.at <= $2 AND (m.at, m.id * 2 + said.part) < ($2, $3::bigint)))
       AND ($4::text IS NULL OR m.action ILIKE $4 OR m.message_id ILIKE $4 OR said.note ILIKE $4 OR said.payload::text ILIKE $4)
     ORDER BY m.at DESC, m.id * 2 + said.part DESC LIMIT $5`,
    [chargerId, before ? new Date(before.at) : null, before ? String(before.id) : null, like, take],
  )
  return rows
}

export const countMessages = async ({ pool }: Database, chargerId: string): Promise<number> =>
  (await pool.query<{ n: number }>('SELECT (count(*) + count(answer))::int AS n FROM ocpp_message WHERE charger_id = $1', [chargerId]))
    .rows[0]!.n
