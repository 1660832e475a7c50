import { findItem, sameValue } from '#lib/ocpp/configuration16.ts'
import type { Ctx } from '../runtime.ts'
import { writeJournal } from '../store/journal.ts'
import { type ListCharger, sawChangedToken } from '../store/token-list.ts'
import type { ListBook } from './list-book.ts'

/**
 * A charger with an authorisation cache (1.6 §3.5.1, §5.2) may still hold what a token was before it was blocked or changed, if the token was
 * shown there: the cache is cleared. A charger that was away is told when it is back.
 */
export async function clearCache(
  ctx: Pick<Ctx, 'db' | 'clock' | 'links'> & { book: ListBook },
  charger: ListCharger,
): Promise<'clear' | 'away' | 'unanswered'> {
  const db = ctx.db.prisma
  if (charger.cacheVersion === charger.wanted) return 'clear'
  const cached = sameValue(findItem(charger.items, 'AuthorizationCacheEnabled')?.value, 'true')
  if (!cached || !(await sawChangedToken(db, charger.id, charger.depotId, charger.cacheVersion))) {
    await ctx.book.save(charger.id, { cacheVersion: charger.wanted })
    return 'clear'
  }
  const answer = await ctx.links.call(charger.id, { kind: 'message', action: 'ClearCache', payload: {} })
  if (answer.kind === 'offline' || answer.kind === 'lost' || answer.kind === 'superseded') return 'away'
  if (answer.kind === 'timeout') return 'unanswered'
  // a charger that refuses has no cache to clear: it is not asked for ever
  await ctx.book.save(charger.id, { cacheVersion: charger.wanted })
  const { depotId } = charger
  const data = { answer: answer.kind }
  await writeJournal(db, ctx.clock, { depotId, actor: 'system', kind: 'charger.cacheCleared', subject: `charger:${charger.id}`, data })
  return 'clear'
}
