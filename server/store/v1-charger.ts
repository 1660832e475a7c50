import { type Instant, instant } from '#lib/time/instant.ts'
import type { Database, Db } from './database.ts'
import type { Prisma } from './generated/client.ts'
import { OPEN_OR_ENDED } from './session.ts'

// Chargers as other systems read them: pages in one fixed order, each with the cursor of the next.

/** By our id, else by the identity in its URL; retired ones too. */
export const chargerByName = async (db: Db, name: string) => {
  const select = { id: true, identity: true, depotId: true, retiredAt: true } as const
  return (await db.charger.findUnique({ where: { id: name }, select })) ?? db.charger.findUnique({ where: { identity: name }, select })
}

const whole = {
  ports: { orderBy: { number: 'asc' }, include: { sessions: { where: { stoppedAt: null }, orderBy: { id: 'desc' }, take: 1 } } },
} satisfies Prisma.ChargerInclude
export type WholeCharger = Prisma.ChargerGetPayload<{ include: typeof whole }>

export const wholeCharger = (db: Db, id: string): Promise<WholeCharger> => db.charger.findUniqueOrThrow({ where: { id }, include: whole })

export type ChargerFilter = { depots: string[] | 'all'; search?: string; retired: boolean; after?: string; take: number }

/** In the order of their ids, those after `after`. */
export const wholeChargers = (db: Db, { depots, search, retired, after, take }: ChargerFilter): Promise<WholeCharger[]> => {
  const like = search === undefined ? undefined : { contains: search, mode: 'insensitive' as const }
  return db.charger.findMany({
    where: {
      ...(depots === 'all' ? {} : { depotId: { in: depots } }),
      ...(retired ? {} : { retiredAt: null }),
      ...(after === undefined ? {} : { id: { gt: after } }),
      ...(like && { OR: [{ identity: like }, { name: like }, { serial: like }, { vendor: like }, { model: like }, { groupName: like }] }),
    },
    include: whole,
    orderBy: { id: 'asc' },
    take,
  })
}

export type MessageFilter = {
  search?: string
  action?: string
  direction?: 'in' | 'out'
  since?: Instant
  until?: Instant
  before?: { at: Instant; id: bigint }
  take: number
}
export type MessageRow = {
  id: string
  at: number
  direction: 'in' | 'out'
  type: 'call' | 'result' | 'error' | 'bad'
  action: string | null
  messageId: string
  payload: unknown
  note: string | null
}

/**
 * The raw log of a charger, newest first. `search` looks into action, message id, payload and note; it is no pattern. `action` is found however it is written. A call that was answered
 * with its commit is one row of the table (docs/decisions/009) and two of these, which is why their numbers are not the table's.
 */
export async function messageRows(
  { pool }: Database,
  chargerId: string,
  { search, action, direction, since, until, before, take }: MessageFilter,
): Promise<MessageRow[]> {
  const like = search ? `%${search.replace(/[\\%_]/g, (c) => `\\${c}`)}%` : null
  const at = (moment: Instant | undefined) => (moment === undefined ? null : new Date(moment))
  const { rows } = await pool.query<MessageRow>(
    `SELECT (m.id * 2 + said.part)::text AS id, (extract(epoch FROM m.at) * 1000)::float8 AS at, said.direction, said.type, m.action,
       m.message_id AS "messageId", said.payload, said.note
     FROM ocpp_message m
     CROSS JOIN LATERAL (VALUES (0, m.direction, m.type, m.payload, m.note), (1, 'out', 'result', m.answer, NULL))
       AS said(part, direction, type, payload, note)
     WHERE m.charger_id = $1 AND (said.part = 0 OR m.answer IS NOT NULL)
       AND ($2::timestamptz IS NULL OR (m.at <= $2 AND (m.at, m.id * 2 + said.part) < ($2, $3::bigint)))
       AND ($4::text IS NULL OR m.action ILIKE $4 OR m.message_id ILIKE $4 OR said.note ILIKE $4 OR said.payload::text ILIKE $4)
       AND ($5::text IS NULL OR lower(m.action) = lower($5)) AND ($6::text IS NULL OR said.direction = $6)
       AND ($7::timestamptz IS NULL OR m.at >= $7) AND ($8::timestamptz IS NULL OR m.at < $8)
     ORDER BY m.at DESC, m.id * 2 + said.part DESC LIMIT $9`,
    [chargerId, at(before?.at), before ? String(before.id) : null, like, action ?? null, direction ?? null, at(since), at(until), take],
  )
  return rows
}

export type TransactionFilter = { since?: Instant; until?: Instant; open?: boolean; before?: { at: Instant; id: number }; take: number }

/** Transactions of a charger, the last begun first. */
export async function transactionRows(db: Db, chargerId: string, { since, until, open, before, take }: TransactionFilter) {
  const ports = await db.port.findMany({ where: { chargerId }, select: { id: true } })
  return db.session.findMany({
    where: {
      portId: { in: ports.map(({ id }) => id) },
      AND: [
        { startedAt: { ...(since !== undefined && { gte: new Date(since) }), ...(until !== undefined && { lt: new Date(until) }) } },
        open === undefined ? OPEN_OR_ENDED : { stoppedAt: open ? null : { not: null } },
        before === undefined
          ? {}
          : { OR: [{ startedAt: { lt: new Date(before.at) } }, { startedAt: new Date(before.at), id: { lt: before.id } }] },
      ],
    },
    include: { port: { select: { number: true } } },
    orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
    take,
  })
}

/** A moment of a column, as the answers carry it. */
export const momentOf = (date: Date | null): Instant | null => date && instant(date)
