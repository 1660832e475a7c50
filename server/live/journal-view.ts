import type { z } from 'zod'
import type { getJournal } from '#lib/api/depot.ts'
import { problem } from '#lib/api/problem.ts'
import { instant } from '#lib/time/instant.ts'
import { readJournal } from '#server/store/journal.ts'
import type { Seeing } from './views.ts'

const PAGE = 100

/** What happened in a depot, newest first. */
export async function journalView(
  ctx: Seeing,
  depotId: string,
  { kind, subject, cursor }: { kind?: string; subject?: string; cursor?: string },
): Promise<z.output<(typeof getJournal)['output']>> {
  if (cursor !== undefined && !/^\d{1,18}$/.test(cursor))
    throw problem('invalid', 'cursor: take it from the answer before.', { cursor: 'Not one of ours.' })
  const before = cursor === undefined ? undefined : BigInt(cursor)
  const rows = await readJournal(ctx.db.prisma, { depotId, kind, subject, before, take: PAGE + 1 })
  const items = rows.slice(0, PAGE).map(({ id, at, actor, kind: what, subject: of, data }) => ({
    id: String(id),
    at: instant(at),
    actor,
    kind: what,
    subject: of,
    data,
  }))
  return { items, next: rows.length > PAGE ? items.at(-1)!.id : null }
}
