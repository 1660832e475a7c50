import type { Instant } from '#lib/time/instant.ts'

/** What a session's meter told: begin, samples in any order (repeats and nonsense welcome), and the end if it came. Registers in Wh. */
export type Registers = {
  startedAt: Instant
  meterStartWh: number
  /** The end of the session, or now while it is open. */
  until: Instant
  /** The register at the end, once it was said. */
  meterStopWh?: number
  readings: { at: Instant; energyWh?: number }[]
}

/** Delivered energy over time, from 0 at the start, never falling. `disturbed`: the register fell or jumped out of its range. */
export type RegisterCurve = { points: { at: Instant; wh: number }[]; energyWh: number; disturbed: boolean }

/**
 * Makes one rising line of a session's registers. The registers of start and stop decide the energy where they make sense together
 * (stop ≥ start); samples only say when it flowed, and those that do not fit a rising line are left out. A register that ends under its
 * start was reset: then the rises are counted and the falls are not. Never negative.
 */
export function registerCurve({ startedAt, meterStartWh, until, meterStopWh, readings }: Registers): RegisterCurve {
  const end = Math.max(startedAt, until) as Instant
  const samples = sorted(readings, startedAt, end)
  const anchors = [{ at: startedAt, wh: meterStartWh }, ...samples]
  if (meterStopWh !== undefined) anchors.push({ at: end, wh: meterStopWh })
  const lastWh = anchors.at(-1)!.wh
  if (lastWh < meterStartWh) return rises(anchors)

  const within = samples.filter(({ wh }) => wh >= meterStartWh && (meterStopWh === undefined || wh <= meterStopWh))
  const rising = longestRising(within)
  const points = [anchors[0]!, ...rising]
  if (meterStopWh !== undefined) points.push({ at: end, wh: meterStopWh })
  const curve = points.map(({ at, wh }) => ({ at, wh: wh - meterStartWh }))
  return { points: curve, energyWh: curve.at(-1)!.wh, disturbed: rising.length < samples.length }
}

/** Energy until a moment (Wh, not rounded), linear between points. */
export function energyUntil({ points }: RegisterCurve, at: Instant): number {
  if (at <= points[0]!.at) return 0
  let low = 0
  let high = points.length - 1
  if (at >= points[high]!.at) return points[high]!.wh
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (points[middle]!.at <= at) low = middle
    else high = middle
  }
  const a = points[low]!
  const b = points[high]!
  return a.wh + ((b.wh - a.wh) * (at - a.at)) / (b.at - a.at)
}

type Point = { at: Instant; wh: number }

/** One point per moment (the highest of repeats), ascending, within the session. */
function sorted(readings: Registers['readings'], from: Instant, until: Instant): Point[] {
  const byMoment = new Map<Instant, number>()
  for (const { at, energyWh } of readings)
    if (energyWh !== undefined && at >= from && at <= until) byMoment.set(at, Math.max(energyWh, byMoment.get(at) ?? energyWh))
  return [...byMoment].sort(([a], [b]) => a - b).map(([at, wh]) => ({ at, wh }))
}

function rises(anchors: Point[]): RegisterCurve {
  let wh = 0
  const points = anchors.map((point, i) => {
    wh += Math.max(0, i === 0 ? 0 : point.wh - anchors[i - 1]!.wh)
    return { at: point.at, wh }
  })
  return { points, energyWh: wh, disturbed: true }
}

/** The longest part of the points that never falls: a single wrong sample is left out, whichever way it is wrong. */
function longestRising(points: Point[]): Point[] {
  if (points.every((point, i) => i === 0 || point.wh >= points[i - 1]!.wh)) return points
  const tails: number[] = []
  const before = points.map(() => -1)
  points.forEach(({ wh }, i) => {
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (points[tails[middle]!]!.wh <= wh) low = middle + 1
      else high = middle
    }
    before[i] = low === 0 ? -1 : tails[low - 1]!
    tails[low] = i
  })
  const out: Point[] = []
  for (let i = tails.at(-1) ?? -1; i >= 0; i = before[i]!) out.unshift(points[i]!)
  return out
}
