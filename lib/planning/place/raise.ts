import type { Board } from '../board.ts'
import type { Peaks } from '../flow/peaks.ts'

/** Peaks are raised in such parts of a step of current, then in such parts of the raise, by such a part of the highest for one cut. */
const PARTS = 0.125
const GROWTH = 0.1
const MOST_RAISE = 0.5
/** A raise of so many steps that gains nothing is in the way of nobody. */
const WITHOUT_GAIN = 2
/** As little of a raise is kept as serves all, in so many halvings. */
const HALVINGS = 4
/** So many peaks are tried in all ways together. */
const MOST_TOGETHER = 3

export type Raise = { peaks: Peaks; limits: Peaks; siteStepW: number; missing: number }

/** Of all that lets the cut take what is missing, the cheapest; where none does, what gains most. */
export const cheapestRaise = (
  board: Board,
  { peaks, limits, siteStepW, missing }: Raise,
  gain: (peaks: Peaks) => number,
): Peaks | undefined => {
  const { demand } = board.input.prices
  const mostW = Math.max(...peaks) * MOST_RAISE + siteStepW * 2
  let best: { peaks: Peaks; gained: number; cost: number } | undefined
  const together = peaks.length > MOST_TOGETHER ? [...peaks.map((_, i) => 1 << i), 2 ** peaks.length - 1] : []
  for (const set of together.length > 0 ? together : Array.from({ length: 2 ** peaks.length - 1 }, (_, i) => i + 1)) {
    for (let byW = PARTS * siteStepW; byW <= mostW; byW += Math.max(PARTS * siteStepW, byW * GROWTH)) {
      const higher = peaks.map((peak, i) => ((set >> i) & 1 ? Math.min(limits[i]!, Math.ceil(peak + byW)) : peak))
      const gained = Math.min(missing, gain(higher))
      const cost = higher.reduce((all, peak, i) => all + (peak - peaks[i]!) * demand[i]!.microPerKw, 0)
      if (gained <= 0 && byW >= WITHOUT_GAIN * siteStepW) break
      if (best && best.gained >= gained && best.cost <= cost) {
        if (best.gained >= missing) break
        continue
      }
      if (gained > 0 && (!best || gained > best.gained || cost < best.cost)) best = { peaks: higher, gained, cost }
      if (gained >= missing) break
    }
  }
  return best?.peaks
}

/** The raise from cut to cut is more than it takes: as little of it as serves all, of all peaks together and then of each. */
export const lowered = (from: Peaks, peaks: Peaks, serves: (peaks: Peaks) => boolean): Peaks => {
  const at = (parts: number[]) => peaks.map((peak, i) => Math.ceil(from[i]! + (peak - from[i]!) * parts[i]!))
  let parts = peaks.map(() => 1)
  for (const set of [peaks.map(() => true), ...(peaks.length > 1 ? peaks.map((_, k) => peaks.map((_, i) => i === k)) : [])]) {
    const part = (k: number) => parts.map((each, i) => (set[i] ? Math.min(each, k) : each))
    let [low, high] = [0, Math.max(...parts.filter((_, i) => set[i]))]
    if (serves(at(part(0)))) high = 0
    for (let i = 0; i < HALVINGS && high > 0; i += 1) {
      const middle = (low + high) / 2
      if (serves(at(part(middle)))) high = middle
      else low = middle
    }
    parts = part(high)
  }
  const least = at(parts)
  serves(least)
  return least
}
