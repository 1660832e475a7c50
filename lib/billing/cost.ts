import { energyUntil, type RegisterCurve, type Registers, registerCurve } from '#lib/energy/register-curve.ts'
import { type PricedInterval, type Tariff, windowsBetween } from '#lib/energy/tariff.ts'
import { type Instant, minutes } from '#lib/time/instant.ts'
import type { Zone } from '#lib/time/zone.ts'
import { wholeParts } from '#lib/units/whole-parts.ts'

/** One stretch of a session with one price. `estimated`: how much of the energy fell into it is an assumption. */
export type CostLine = {
  /** Name of the tariff window. */
  window: string
  from: Instant
  until: Instant
  energyWh: number
  priceMicroPerKwh: number
  amountMinor: number
  estimated: boolean
}

export type Cost = { energyWh: number; amountMinor: number; currency: string; estimated: boolean; lines: CostLine[] }

export type CostInput = Registers & { tariff: Pick<Tariff, 'windows'> | null; zone: Zone; currency: string }

/** A meter that sends fewer samples than this is not trusted to say when energy flowed. */
const LONGEST_INTERVAL = minutes(15)
/** The window of energy that has no price. */
export const NO_PRICE = 'no price'

/**
 * What a session costs, while it runs (`until` = now) and after it: one function for both. Energy is spread over the tariff's windows by
 * the meter's samples, proportional to time between two of them; the lines' energy sums exactly to the session's, each line's money is
 * rounded once (half away from zero), and the total is the sum of the lines. Never negative energy. Money in minor units (hundredths).
 */
export function costOf(input: CostInput): Cost {
  const curve = registerCurve(input)
  const last = curve.points.at(-1)!.at
  const intervals: PricedInterval[] = input.tariff
    ? windowsBetween(input.tariff, input.startedAt, Math.max(last, input.startedAt + 1) as Instant, input.zone)
    : [{ from: input.startedAt, until: Math.max(last, input.startedAt + 1) as Instant, window: null }]
  const energies = wholeParts(
    intervals.map(({ from, until }) => energyUntil(curve, until) - energyUntil(curve, from)),
    curve.energyWh,
  )
  const unsure = unsureBorders(curve, intervals)
  const lines = intervals.flatMap(({ from, until, window }, i): CostLine[] => {
    const energyWh = energies[i]!
    if (energyWh === 0) return []
    const priceMicroPerKwh = window?.priceMicroPerKwh ?? 0
    const estimated = window === null || curve.disturbed || unsure.has(from) || unsure.has(until)
    return [
      {
        window: window?.name ?? NO_PRICE,
        from,
        until,
        energyWh,
        priceMicroPerKwh,
        amountMinor: amountOf(energyWh, priceMicroPerKwh),
        estimated,
      },
    ]
  })
  return {
    energyWh: curve.energyWh,
    amountMinor: lines.reduce((sum, line) => sum + line.amountMinor, 0),
    currency: input.currency,
    estimated: lines.some((line) => line.estimated),
    lines,
  }
}

/** Wh × micro per kWh → minor units, rounded half away from zero. */
export const amountOf = (energyWh: number, microPerKwh: number): number => {
  // micro × Wh / 1000 = micro; a minor unit is 10,000 micro. Whole numbers until the last step, so that a half is a half.
  const size = Math.floor((Math.abs(energyWh * microPerKwh) + 5_000_000) / 10_000_000)
  return size === 0 ? 0 : size * Math.sign(energyWh * microPerKwh)
}

/** Borders between windows that fall into a gap of the samples: energy flowed in it, and nobody knows on which side. */
function unsureBorders({ points }: RegisterCurve, intervals: PricedInterval[]): Set<Instant> {
  const longest = 2 * sampleInterval(points)
  const unsure = new Set<Instant>()
  let k = 1
  for (const { from } of intervals.slice(1)) {
    while (k < points.length - 1 && points[k]!.at < from) k++
    const [a, b] = [points[k - 1], points[k]]
    if (a && b && a.at < from && b.at > from && b.wh > a.wh && b.at - a.at > longest) unsure.add(from)
  }
  return unsure
}

/** The middle of the gaps between points, at most a quarter of an hour; 0 where there are too few to tell. */
function sampleInterval(points: RegisterCurve['points']): number {
  if (points.length < 4) return 0
  const gaps = points.slice(1).map((point, i) => point.at - points[i]!.at)
  return Math.min(LONGEST_INTERVAL, gaps.sort((a, b) => a - b)[gaps.length >> 1]!)
}
