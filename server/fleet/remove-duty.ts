import { notFound, problem } from '#lib/api/problem.ts'
import type { Ctx } from '#server/runtime.ts'
import { deleteDuty, dutyOf } from '#server/store/duty.ts'
import { lockFleet } from '#server/store/fleet.ts'
import { writeJournal } from '#server/store/journal.ts'

/** Removes a duty that has not left. @throws Problem `not-found`, `conflict` once it has left */
export async function removeDuty(
  ctx: Pick<Ctx, 'db' | 'clock' | 'wakes' | 'feed'>,
  depotId: string,
  dutyId: string,
  actor: string,
): Promise<void> {
  const vehicleId = await ctx.db.prisma.$transaction(async (db) => {
    await lockFleet(db, depotId)
    const before = await dutyOf(db, depotId, dutyId)
    if (!before) throw notFound('duty', dutyId)
    if (before.departsAt <= ctx.clock.now()) throw problem('conflict', 'It has left already: what happened stays as it was.')
    await deleteDuty(db, dutyId)
    await writeJournal(db, ctx.clock, { depotId, actor, kind: 'duty.removed', subject: before.vehicleId, data: { before } })
    return before.vehicleId
  })
  ctx.wakes.replan(depotId, 'a duty was removed')
  ctx.feed.publish({ kind: 'changed', depotId, what: 'vehicles', id: vehicleId })
}
