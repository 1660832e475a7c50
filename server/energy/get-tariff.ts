import { notFound } from '#lib/api/problem.ts'
import type { TariffView } from '#lib/api/tariff.ts'
import type { Ctx } from '../runtime.ts'
import { depotZone, tariffInForce } from '../store/tariff.ts'
import { tariffView } from './tariff-view.ts'

/** The tariff in force now; null where a depot has none. */
export async function getTariff(ctx: Pick<Ctx, 'db' | 'clock'>, depotId: string): Promise<{ tariff: TariffView | null }> {
  const depot = await depotZone(ctx.db.prisma, depotId)
  if (!depot) throw notFound('depot', depotId)
  const now = ctx.clock.now()
  const tariff = await tariffInForce(ctx.db.prisma, depotId, now)
  return { tariff: tariff && tariffView(tariff, now, depot.zone) }
}
