import type { AssumptionsView } from '#lib/api/assumptions.ts'
import { notFound } from '#lib/api/problem.ts'
import type { Assumptions } from '#lib/fleet/assumptions.ts'
import { hours } from '#lib/time/instant.ts'
import { kilowattHours } from '#lib/units/units.ts'
import type { Ctx } from '#server/runtime.ts'
import { readAssumptions, writeAssumptions } from '#server/store/assumptions.ts'
import { writeJournal } from '#server/store/journal.ts'

/** What the plan assumes where nobody told it. @throws Problem `not-found` */
export async function assumptionsView({ db }: Pick<Ctx, 'db'>, depotId: string): Promise<AssumptionsView> {
  const { guestWh, guestStayMs, socPct, noDutyMs } = await assumptionsOf(db.prisma, depotId)
  return { guestKwh: guestWh / 1000, guestHours: guestStayMs / hours(1), socPct, noDutyHours: noDutyMs / hours(1) }
}

/** Sets it; a new plan follows. @throws Problem `not-found` */
export async function setAssumptions(
  ctx: Pick<Ctx, 'db' | 'clock' | 'wakes'>,
  depotId: string,
  { guestKwh, guestHours, socPct, noDutyHours }: AssumptionsView,
  actor: string,
): Promise<void> {
  const after: Assumptions = { guestWh: kilowattHours(guestKwh), guestStayMs: hours(guestHours), socPct, noDutyMs: hours(noDutyHours) }
  await ctx.db.prisma.$transaction(async (db) => {
    const before = await assumptionsOf(db, depotId)
    await writeAssumptions(db, depotId, after)
    const data = { setting: 'assumptions', before, after }
    await writeJournal(db, ctx.clock, { depotId, actor, kind: 'setting.changed', subject: `depot:${depotId}`, data })
  })
  ctx.wakes.replan(depotId, 'what is assumed of unknown vehicles was changed')
}

async function assumptionsOf(db: Parameters<typeof readAssumptions>[0], depotId: string): Promise<Assumptions> {
  const found = await readAssumptions(db, depotId)
  if (!found) throw notFound('depot', depotId)
  return found
}
