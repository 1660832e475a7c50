import { type Instant, minutes } from '#lib/time/instant.ts'
import { wholeParts } from '#lib/units/whole-parts.ts'
import { energyUntil, type RegisterCurve } from './register-curve.ts'

export const QUARTER = minutes(15)

/** Start of the quarter hour of the clock that a moment lies in (all zones are whole quarters from UTC). */
export const quarterOf = (at: Instant): Instant => (Math.floor(at / QUARTER) * QUARTER) as Instant

/** Energy of a session per quarter hour, from the one that it started in; whole Wh that sum to the session's energy. */
export function quartersOf(curve: RegisterCurve): { from: Instant; wh: number[] } {
  const from = quarterOf(curve.points[0]!.at)
  const count = Math.floor((curve.points.at(-1)!.at - from) / QUARTER) + 1
  const until = (i: number) => (i === count ? curve.energyWh : energyUntil(curve, (from + i * QUARTER) as Instant))
  return {
    from,
    wh: wholeParts(
      Array.from({ length: count }, (_, i) => until(i + 1) - until(i)),
      curve.energyWh,
    ),
  }
}

/** Adds quarter hours to bins that begin at `binsFrom` (on a quarter); what lies outside is left out. */
export function addToQuarters(bins: number[], binsFrom: Instant, { from, wh }: { from: Instant; wh: number[] }): void {
  const shift = (from - binsFrom) / QUARTER
  for (let i = Math.max(0, -shift); i < wh.length && i + shift < bins.length; i++) bins[i + shift]! += wh[i]!
}
