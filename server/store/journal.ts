import type { Instant } from '#lib/time/instant.ts'
import type { Clock } from '#server/clock.ts'
import type { Db } from './database.ts'
import type { Prisma } from './generated/client.ts'
import { pgJson } from './json.ts'

export type JournalEntry = { depotId?: string; actor: string; kind: string; subject?: string; data?: unknown }

/** Adds to the append-only journal: who did what to which thing. Never a secret in `data`. */
export const writeJournal = (db: Db, clock: Clock, { data = {}, ...entry }: JournalEntry) =>
  db.journal.create({
    data: { ...entry, at: new Date(clock.now()), realAt: new Date(clock.real()), data: JSON.parse(pgJson(data)) as Prisma.InputJsonValue },
    select: { id: true },
  })

/** The same, unless this was told of this subject since `since` already (depot time). */
export async function writeJournalOnce(db: Db, clock: Clock, since: Instant, entry: JournalEntry & { subject: string }): Promise<void> {
  const { kind, subject } = entry
  const told = await db.journal.findFirst({ where: { kind, subject, at: { gte: new Date(since) } }, select: { id: true } })
  if (!told) await writeJournal(db, clock, entry)
}

export type JournalFilter = { depotId: string; kind?: string; subject?: string; before?: bigint; take: number }

/** Newest first. `kind` also finds all that begin with it and a dot: `review` finds `review.meterBackwards`. */
export const readJournal = (db: Db, { depotId, kind, subject, before, take }: JournalFilter) =>
  db.journal.findMany({
    where: {
      depotId,
      ...(kind && { OR: [{ kind }, { kind: { startsWith: `${kind}.` } }] }),
      ...(subject && { subject }),
      ...(before !== undefined && { id: { lt: before } }),
    },
    orderBy: { id: 'desc' },
    take,
  })

/** One line of what happened. `kind` such as `session.started`; `review.*` asks a person to look; `security.*` is an alert. */
export type JournalLine = { depotId?: string | null; actor: string; kind: string; subject?: string; data?: Record<string, unknown> }

/** Appends lines. `at` is depot time, `realAt` the wall clock. */
export async function appendJournal(db: Db, at: Instant, realAt: Instant, lines: JournalLine[]): Promise<void> {
  if (lines.length === 0) return
  await db.journal.createMany({
    data: lines.map(({ depotId = null, actor, kind, subject, data = {} }) => ({
      at: new Date(at),
      realAt: new Date(realAt),
      depotId,
      actor,
      kind,
      subject: subject ?? null,
      data: JSON.parse(JSON.stringify(data)),
    })),
  })
}
