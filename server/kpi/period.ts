import { hours, type Interval } from '#lib/time/instant.ts'
import { dayInterval, localDay, type Zone } from '#lib/time/zone.ts'
import type { Ctx } from '../runtime.ts'
import { firstSessionAt } from '../store/billing.ts'
import { daysOf, type KpiWindow, windowAt } from './window.ts'

/** `partOf`: how much of its window it is, where the depot is younger than that: `7 of 30 days`. */
export type KpiPeriod = Interval & { partOf: string | null }

/** A window without the days before the depot began: its first session, or its making where that was earlier. */
export async function periodOf(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  { id, zone, createdAt }: { id: string; zone: Zone; createdAt: number },
  window: KpiWindow,
): Promise<KpiPeriod> {
  const whole = windowAt(window, ctx.clock.now(), zone)
  const first = await firstSessionAt(ctx.db.prisma, id)
  const began = Math.min(createdAt, first ?? createdAt, whole.until - 1) as typeof whole.from
  const { from } = dayInterval(localDay(began, zone), zone)
  if (from <= whole.from) return { ...whole, partOf: null }
  const period = { from, until: whole.until }
  const partOf =
    window === '24h'
      ? `${Math.round((period.until - period.from) / hours(1))} of 24 h`
      : `${daysOf(period, zone).length} of ${daysOf(whole, zone).length} days`
  return { ...period, partOf }
}
