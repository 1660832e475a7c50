import { type Instant, instant, minutes } from '#lib/time/instant.ts'
import { monthInterval, type Zone } from '#lib/time/zone.ts'
import type { Ctx } from '#server/runtime.ts'
import { keepPeak, keptPeak, quarterMeans, sessionsBegun } from '#server/store/site-power.ts'

/**
 * The highest 15-minute mean of the site in the depot-local month so far, in W; null before the first. Counted quarter by quarter
 * and kept; when sessions appear in quarters that were counted (an offline charger delivers, history is filled in), the month is counted anew.
 */
export async function monthPeak(
  { db, clock }: Pick<Ctx, 'db' | 'clock'>,
  depotId: string,
  zone: Zone,
): Promise<{ peakW: number | null; peakAt: Instant | null }> {
  const now = clock.now()
  const { from } = monthInterval(now, zone)
  const until = instant(Math.floor(now / minutes(15)) * minutes(15))
  const kept = await keptPeak(db, depotId, from)
  if (kept && kept.countedUntil >= until) return shown(kept)
  const sessions = await sessionsBegun(db, depotId, from, until)
  const before = kept ? await sessionsBegun(db, depotId, from, instant(kept.countedUntil)) : 0
  const goesOn = kept !== undefined && before === kept.sessions
  const quarters = until > from ? await quarterMeans(db, depotId, goesOn ? instant(kept.countedUntil) : from, until) : []
  let peak = goesOn ? { peakW: kept.peakW, peakAt: kept.peakAt } : { peakW: null as number | null, peakAt: null as number | null }
  for (const { from: at, vehiclesW, baseW } of quarters) {
    const totalW = vehiclesW + (baseW ?? 0)
    if (totalW > 0 && totalW > (peak.peakW ?? 0)) peak = { peakW: totalW, peakAt: at }
  }
  await keepPeak(db, depotId, from, { ...peak, countedUntil: until, sessions })
  return shown(peak)
}

const shown = ({ peakW, peakAt }: { peakW: number | null; peakAt: number | null }) => ({ peakW, peakAt: peakAt as Instant | null })
