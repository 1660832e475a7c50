import { notFound } from '#lib/api/problem.ts'
import type { Ctx } from '#server/runtime.ts'
import { setTokenStatus, tokenOf } from '#server/store/fleet.ts'
import { writeJournal } from '#server/store/journal.ts'

/** A blocked card starts nothing more; a session that runs goes on until it is stopped. @throws Problem `not-found` */
export async function blockToken(
  ctx: Pick<Ctx, 'db' | 'clock' | 'feed'>,
  depotId: string,
  tokenId: string,
  blocked: boolean,
  actor: string,
): Promise<void> {
  await ctx.db.prisma.$transaction(async (db) => {
    const token = await tokenOf(db, depotId, tokenId)
    if (!token) throw notFound('card', tokenId)
    const after = blocked ? 'blocked' : 'accepted'
    if (token.status === after) return
    await setTokenStatus(db, tokenId, after)
    const data = { idTag: token.idTag, vehicle: token.vehicle?.name ?? null, before: token.status, after }
    await writeJournal(db, ctx.clock, { depotId, actor, kind: blocked ? 'token.blocked' : 'token.unblocked', subject: tokenId, data })
  })
  ctx.feed.publish({ kind: 'changed', depotId, what: 'vehicles' })
}
