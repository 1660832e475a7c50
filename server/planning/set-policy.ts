import { changedSince, problem } from '#lib/api/problem.ts'
import type { Policy } from '#lib/planning/input.ts'
import { carbonUsable } from '#server/energy/carbon.ts'
import type { Ctx } from '#server/runtime.ts'
import { readCarbon } from '#server/store/carbon.ts'
import { writeJournal } from '#server/store/journal.ts'
import { setPolicy as writePolicy } from '#server/store/site.ts'
import { theDepot } from '../live/views.ts'

export const NO_CARBON =
  'How clean the energy is at which hour is not known for this depot: there is nothing to plan by. Import it on the page Tariff, by hour or as a usual day.'

/**
 * What the plan prefers among plans that make every departure; a new plan follows. `ifStill`: only while that is preferred.
 * @throws Problem `not-found`; `conflict` for the greenest where nobody told how clean the energy is
 */
export async function setPolicy(
  ctx: Pick<Ctx, 'db' | 'clock' | 'wakes'>,
  depotId: string,
  { policy, ifStill }: { policy: Policy; ifStill?: Policy | undefined },
  actor: string,
): Promise<void> {
  const { policy: before, zone } = await theDepot(ctx, depotId)
  if (ifStill && before !== ifStill) throw changedSince('What the plan prefers')
  const now = ctx.clock.now()
  if (policy === 'greenest' && !carbonUsable(await readCarbon(ctx.db.prisma, depotId, now), now, zone)) throw problem('conflict', NO_CARBON)
  await ctx.db.prisma.$transaction(async (db) => {
    await writePolicy(db, depotId, policy)
    const data = { setting: 'policy', before, after: policy }
    await writeJournal(db, ctx.clock, { depotId, actor, kind: 'setting.changed', subject: `depot:${depotId}`, data })
  })
  ctx.wakes.replan(depotId, 'the policy was changed')
}
