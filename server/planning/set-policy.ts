import type { Policy } from '#lib/planning/input.ts'
import type { Ctx } from '#server/runtime.ts'
import { writeJournal } from '#server/store/journal.ts'
import { setPolicy as writePolicy } from '#server/store/site.ts'
import { theDepot } from '../live/views.ts'

/** What the plan prefers among plans that make every departure; a new plan follows. @throws Problem `not-found` */
export async function setPolicy(ctx: Pick<Ctx, 'db' | 'clock' | 'wakes'>, depotId: string, policy: Policy, actor: string): Promise<void> {
  const { policy: before } = await theDepot(ctx, depotId)
  await ctx.db.prisma.$transaction(async (db) => {
    await writePolicy(db, depotId, policy)
    const data = { setting: 'policy', before, after: policy }
    await writeJournal(db, ctx.clock, { depotId, actor, kind: 'setting.changed', subject: `depot:${depotId}`, data })
  })
  ctx.wakes.replan(depotId, 'the policy was changed')
}
