import { isDeepStrictEqual } from 'node:util'
import type { PeakView } from '#lib/api/peak.ts'
import { changedSince, notFound } from '#lib/api/problem.ts'
import { demandRate } from '#lib/energy/demand.ts'
import type { Ctx } from '../runtime.ts'
import { writeJournal } from '../store/journal.ts'
import { type PeakSetting, readPeakMemory, writePeakSetting } from '../store/learned-peak.ts'
import { depotZone, tariffInForce } from '../store/tariff.ts'
import { learnedW, targetOf } from './learned-peak.ts'
import { monthPeak } from './month-peak.ts'

/** The month's peak of a depot, and the one that its plans expect. @throws Problem `not-found` */
export async function peakView(ctx: Pick<Ctx, 'db' | 'clock'>, depotId: string): Promise<PeakView> {
  const depot = await depotZone(ctx.db.prisma, depotId)
  if (!depot) throw notFound('depot', depotId)
  const now = ctx.clock.now()
  const memory = await readPeakMemory(ctx.db.prisma, depotId)
  const { peakW, peakAt } = await monthPeak(ctx, depotId, depot.zone)
  const { mode, byHandW, isHard } = memory.setting
  return {
    soFarW: peakW,
    soFarAt: peakAt,
    isCharged: demandRate(await tariffInForce(ctx.db.prisma, depotId, now), now, depot.zone) > 0,
    mode,
    targetW: targetOf(memory, now, depot.zone) ?? null,
    isHard,
    byHandW,
    learnedW: learnedW(memory.learned, now, depot.zone) ?? null,
    days: memory.learned?.days ?? [],
  }
}

/** Where the expected peak comes from; a new plan follows. `ifStill`: only while it is as given there. @throws Problem `not-found`, `conflict` */
export async function putPeak(
  ctx: Pick<Ctx, 'db' | 'clock' | 'wakes' | 'feed'>,
  depotId: string,
  { ifStill, ...after }: PeakSetting & { ifStill?: PeakSetting | undefined },
  actor: string,
): Promise<PeakView> {
  if (!(await depotZone(ctx.db.prisma, depotId))) throw notFound('depot', depotId)
  await ctx.db.prisma.$transaction(async (db) => {
    const { setting: before } = await readPeakMemory(db, depotId)
    if (ifStill && !isDeepStrictEqual({ ...before }, { ...ifStill })) throw changedSince('The month’s peak')
    await writePeakSetting(db, depotId, after)
    const data = { setting: 'peak', before, after }
    await writeJournal(db, ctx.clock, { depotId, actor, kind: 'setting.changed', subject: `depot:${depotId}`, data })
  })
  ctx.wakes.replan(depotId, 'the expected peak was changed')
  ctx.feed.publish({ kind: 'changed', depotId, what: 'tariff' })
  return peakView(ctx, depotId)
}
