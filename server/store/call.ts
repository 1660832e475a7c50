import type { CallAnswer } from '#lib/api/v1-charger.ts'
import { type Instant, instant, minutes } from '#lib/time/instant.ts'
import type { Db } from './database.ts'
import type { Prisma } from './generated/client.ts'

type Told = Omit<CallAnswer, 'commandId'>

/** What came of a call, for who asks with the same id again. Undefined: there is no such call. */
export async function findCallAnswer(db: Db, id: string): Promise<CallAnswer | undefined> {
  const row = await db.command.findUnique({ where: { id }, select: { answer: true } })
  if (!row) return undefined
  return { commandId: id, ...((row.answer as Told | null) ?? LOST) }
}

/** Whoever waited for the answer ended before it came. */
const LOST: Told = {
  outcome: 'timeout',
  by: null,
  reason: 'Its answer was lost: what waited for it ended before it came. The charger may have done it; look before you ask again.',
  response: null,
  note: null,
}
/** No call is waited for longer, real time. */
const LONGEST_MS = minutes(2)

/** `told`: without secrets. */
export const keepCallAnswer = (db: Db, id: string, told: Told) =>
  db.command.update({ where: { id }, data: { answer: told as Prisma.InputJsonObject }, select: { id: true } })

export type CallRecord = {
  commandId: string
  at: Instant
  actor: string
  source: string
  action: string
  payload: unknown
  state: string
  detail: string | null
  answer: Told | null
}

/** Calls of a charger that were asked before `before`, newest first. `now`: real time; what is older than any call lives and has no answer has lost it. */
export async function callRecords(
  db: Db,
  chargerId: string,
  { before, take, now }: { before: { at: Instant; id: string } | undefined; take: number; now: Instant },
): Promise<CallRecord[]> {
  const rows = await db.command.findMany({
    where: {
      chargerId,
      input: { path: ['action'], string_starts_with: '' },
      ...(before && { OR: [{ at: { lt: new Date(before.at) } }, { at: new Date(before.at), id: { lt: before.id } }] }),
    },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take,
  })
  return rows.map((row) => {
    const { action, payload } = (row.input ?? {}) as { action?: string; payload?: unknown }
    return {
      commandId: row.id,
      at: instant(row.at),
      actor: row.actor,
      source: row.source,
      action: action ?? row.kind,
      payload: payload ?? {},
      state: row.state,
      detail: row.detail,
      answer: (row.answer as Told | null) ?? (now - instant(row.t1) > LONGEST_MS ? LOST : null),
    }
  })
}
