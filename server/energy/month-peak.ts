import { quarterOf } from '#lib/energy/quarter-hours.ts'
import { type Instant, instant } from '#lib/time/instant.ts'
import { monthInterval, type Zone } from '#lib/time/zone.ts'
import type { Ctx } from '../runtime.ts'
import { keepPeak, keptPeak } from '../store/site-power.ts'
import { basePower15, vehiclePower15 } from './quarter-hours.ts'

/** `peakAt`: where its quarter hour begins. `estimated`: part of the building's load is a forecast. Null before the first energy. */
export type MonthPeak = { peakW: number | null; peakAt: Instant | null; estimated: boolean }

/**
 * The highest quarter hour of the depot-local month so far, building and vehicles together, W. Counted once a quarter hour, when one more is
 * over, from the quarter hours that closed sessions carry, and kept until the next: what is delivered late is in it a quarter hour later.
 */
export async function monthPeak({ db, clock }: Pick<Ctx, 'db' | 'clock'>, depotId: string, zone: Zone): Promise<MonthPeak> {
  const now = clock.now()
  const { from } = monthInterval(now, zone)
  const until = instant(quarterOf(now))
  const kept = await keptPeak(db, depotId, from)
  if (kept?.countedUntil === until) return shown(kept)
  const peak = await counted(db, depotId, from, until)
  await keepPeak(db, depotId, from, { ...peak, countedUntil: until })
  return peak
}

async function counted(db: Ctx['db'], depotId: string, from: Instant, until: Instant): Promise<MonthPeak> {
  // a quarter hour that is not over has no mean yet
  const vehicles = until > from ? await vehiclePower15({ db }, depotId, from, until) : []
  const base = await basePower15({ db }, depotId, quarterOf(from), vehicles.length)
  let [peakW, peakAt]: [number, Instant | null] = [0, null]
  vehicles.forEach(({ from: at, powerW }, i) => {
    const total = Math.round(powerW + (base.powerW[i] ?? 0))
    if (total > peakW) [peakW, peakAt] = [total, at]
  })
  return { peakW: peakAt === null ? null : peakW, peakAt, estimated: base.estimated }
}

const shown = ({ peakW, peakAt, estimated }: { peakW: number | null; peakAt: number | null; estimated: boolean }): MonthPeak => ({
  peakW,
  peakAt: peakAt === null ? null : instant(peakAt),
  estimated,
})
