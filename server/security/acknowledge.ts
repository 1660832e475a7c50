import { notFound } from '#lib/api/problem.ts'
import type { Ctx } from '../runtime.ts'
import { writeJournal } from '../store/journal.ts'
import { takeEventsAsSeen } from '../store/security-view.ts'

const EVENT = 'security.event:'

/** Somebody had a look at a security alert of a depot: it is told no more, until it happens again. @throws Problem `not-found` for an alert that cannot be acknowledged */
export async function acknowledge(ctx: Pick<Ctx, 'db' | 'clock' | 'feed'>, depotId: string, key: string, actor: string): Promise<void> {
  if (!key.startsWith('security.')) throw notFound('alert', key)
  if (key.startsWith(EVENT)) {
    const seen = await takeEventsAsSeen(ctx.db, depotId, key.slice(EVENT.length), actor, ctx.clock.now())
    if (seen === 0) throw notFound('alert', key)
  }
  await writeJournal(ctx.db.prisma, ctx.clock, { depotId, actor, kind: 'security.seen', subject: key })
  ctx.feed.publish({ kind: 'changed', depotId, what: 'alerts' })
}
