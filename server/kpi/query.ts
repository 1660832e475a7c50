import type { z } from 'zod'
import type { getKpis, KpiTile } from '#lib/api/kpi.ts'
import { notFound } from '#lib/api/problem.ts'
import type { Ctx } from '../runtime.ts'
import { depotZone } from '../store/tariff.ts'
import { availabilityTile } from './availability.ts'
import { latencyTile } from './latency.ts'
import { periodOf } from './period.ts'
import { throughputTile } from './throughput.ts'
import type { KpiWindow } from './window.ts'

/** The three golden rules over a window, from their records by docs/kpis.md. */
export async function kpis(ctx: Pick<Ctx, 'db' | 'clock'>, depotId: string, window: KpiWindow): Promise<z.infer<typeof getKpis.output>> {
  const found = await depotZone(ctx.db.prisma, depotId)
  if (!found) throw notFound('depot', depotId)
  const depot = { ...found, id: depotId }
  const { partOf, ...period } = await periodOf(ctx, depot, window)
  const saidOf = (tile: KpiTile): KpiTile => (partOf === null ? tile : { ...tile, notes: [...tile.notes, partOf] })
  const tiles = await Promise.all([
    availabilityTile(ctx, depot, period).then(saidOf),
    throughputTile(ctx, depot, period).then(saidOf),
    latencyTile(ctx, depot, window),
  ])
  return { window, ...period, tiles }
}

export const kpiTiles = async (ctx: Pick<Ctx, 'db' | 'clock'>, depotId: string, window: KpiWindow): Promise<KpiTile[]> =>
  (await kpis(ctx, depotId, window)).tiles
