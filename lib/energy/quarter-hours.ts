import { type Instant, minutes } from '#lib/time/instant.ts'
import { energyUntil, type RegisterCurve } from './register-curve.ts'

export const QUARTER = minutes(15)

/** Start of the quarter hour of the clock that a moment lies in (all zones are whole quarters from UTC). */
export const quarterOf = (at: Instant): Instant => (Math.floor(at / QUARTER) * QUARTER) as Instant

/** Adds what a session delivered to bins of 15 minutes from `from` (on a quarter) on; Wh, not rounded. What lies outside is left out. */
export function addToQuarters(bins: number[], from: Instant, curve: RegisterCurve): void {
  const first = curve.points[0]!.at
  const last = curve.points.at(-1)!.at
  const end = Math.min(bins.length - 1, Math.floor((last - from) / QUARTER))
  for (let bin = Math.max(0, Math.floor((first - from) / QUARTER)); bin <= end; bin++) {
    const start = (from + bin * QUARTER) as Instant
    // the last bin holds what a register told at one single moment, too
    const until = bin === Math.floor((last - from) / QUARTER) ? curve.energyWh : energyUntil(curve, (start + QUARTER) as Instant)
    bins[bin]! += until - energyUntil(curve, start)
  }
}
