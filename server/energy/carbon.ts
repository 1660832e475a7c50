import type { CarbonView } from '#lib/api/carbon.ts'
import { notFound, problem } from '#lib/api/problem.ts'
import { type Carbon, carbonAt, carbonPerSlot } from '#lib/energy/carbon.ts'
import { readCarbonCsv } from '#lib/energy/carbon-csv.ts'
import { hours, type Instant, plus } from '#lib/time/instant.ts'
import type { Zone } from '#lib/time/zone.ts'
import type { Ctx } from '../runtime.ts'
import { readCarbon, writeCarbonDay, writeCarbonHours } from '../store/carbon.ts'
import { writeJournal } from '../store/journal.ts'
import { depotZone } from '../store/tariff.ts'

/** So far ahead a plan looks. */
const AHEAD_HOURS = 24

/** Whether a plan from now on can go by how clean the energy is. */
export const carbonUsable = (carbon: Carbon, now: Instant, zone: Zone): boolean =>
  carbonPerSlot(carbon, now, 60, AHEAD_HOURS + 1, zone) !== undefined

/** How clean the energy of a depot is. @throws Problem `not-found` */
export async function carbonView(ctx: Pick<Ctx, 'db' | 'clock'>, depotId: string): Promise<CarbonView> {
  const depot = await depotZone(ctx.db.prisma, depotId)
  if (!depot) throw notFound('depot', depotId)
  const now = ctx.clock.now()
  const carbon = await readCarbon(ctx.db.prisma, depotId, now)
  return {
    day: [...carbon.day],
    ahead: [...carbon.hours].flatMap(([from, gPerKwh]) => (plus(from, hours(1)) > now ? [{ from, gPerKwh }] : [])),
    nowGPerKwh: carbonAt(carbon, now, depot.zone) ?? null,
    usable: carbonUsable(carbon, now, depot.zone),
  }
}

/** Takes in a file of how clean the energy is; plans follow at once. @throws Problem `not-found`, `invalid` with what is wrong */
export async function putCarbon(
  ctx: Pick<Ctx, 'db' | 'clock' | 'wakes' | 'feed'>,
  depotId: string,
  csv: string,
  actor: string,
): Promise<CarbonView> {
  const depot = await depotZone(ctx.db.prisma, depotId)
  if (!depot) throw notFound('depot', depotId)
  const file = readCarbonCsv(csv, depot.zone)
  if (file.kind === 'refused') throw problem('invalid', file.why, { csv: file.why })
  await ctx.db.prisma.$transaction(async (db) => {
    if (file.kind === 'day') await writeCarbonDay(db, depotId, file.day)
    else await writeCarbonHours(db, depotId, file.hours)
    const after = file.kind === 'day' ? { day: file.day } : { hours: file.hours.size, from: Math.min(...file.hours.keys()) }
    await writeJournal(db, ctx.clock, {
      ...{ depotId, actor, kind: 'setting.changed', subject: `depot:${depotId}` },
      data: { setting: 'carbon', after },
    })
  })
  ctx.wakes.replan(depotId, 'how clean the energy is was imported')
  ctx.feed.publish({ kind: 'changed', depotId, what: 'tariff' })
  return carbonView(ctx, depotId)
}
