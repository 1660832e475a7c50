import type { Merit } from './merit.ts'
import { type Schedule, stepsFree, stepsToDeliver } from './schedule.ts'

/** Steps by slot, without a pause; what they give, and what that costs by merit (energy beyond what was asked left out). */
export type SteppedRun = { from: number; until: number; steps: Int32Array; energy: number; merit: number }

/** Costs that differ by less are equal. */
const EQUAL = 1e-9

/**
 * The cheapest run without a pause that gives `energy` W·ms: at least the minimum in each of its slots, more where that is cheapest (a fractional
 * knapsack for each beginning and end); where none gives enough, the one that gives most. Slots in which the seat has something are left alone.
 */
export const cheapestRun = (
  schedule: Schedule,
  v: number,
  { of }: Merit,
  energy: number,
  allowed: (t: number) => boolean = () => true,
): SteppedRun | undefined => {
  const { slots, seats } = schedule.board
  const seat = seats[v]!
  const { spanMs, stepW, minSteps } = seat
  const row = schedule.steps[v]!
  const free = new Int32Array(slots)
  for (let t = 0; t < slots; t += 1) if (spanMs[t]! > 0 && row[t] === 0 && allowed(t)) free[t] = stepsFree(schedule, v, t)
  const leastAt = (t: number) => stepW[minSteps]! * spanMs[t]!
  const moreAt = Float64Array.from(free, (steps, t) => (steps >= minSteps ? (stepW[steps]! - stepW[minSteps]!) * spanMs[t]! : 0))
  const byMerit = [...free.keys()].filter((t) => moreAt[t]! > 0).sort((a, b) => of[a]! - of[b]! || a - b)
  let best: { from: number; until: number; given: number; merit: number } | undefined
  for (let from = 0; from < slots; from += 1) {
    if (free[from]! < minSteps) continue
    let [least, most, leastCost] = [0, 0, 0]
    for (let until = from + 1; until <= slots && free[until - 1]! >= minSteps; until += 1) {
      const here = leastAt(until - 1)
      least += here
      most += here + moreAt[until - 1]!
      leastCost += here * of[until - 1]!
      if (most < energy && best && most < best.given) continue
      let [left, merit] = [Math.max(0, Math.min(energy, most) - least), leastCost]
      for (let i = 0; i < byMerit.length && left > 0; i += 1) {
        const t = byMerit[i]!
        if (t < from || t >= until) continue
        const take = Math.min(left, moreAt[t]!)
        merit += take * of[t]!
        left -= take
      }
      // of the last slot only what is needed counts
      if (least > energy) merit -= Math.min(least - energy, here) * of[until - 1]!
      const given = Math.min(energy, most)
      const isCheaper = !best || merit < best.merit - Math.abs(best.merit) * EQUAL
      if (!best || given > best.given || (given === best.given && isCheaper)) best = { from, until, given, merit }
      if (least >= energy) break
    }
  }
  if (!best) return undefined
  const { from, until, given, merit } = best
  const steps = new Int32Array(slots)
  let left = energy
  for (let t = from; t < until; t += 1) {
    steps[t] = minSteps
    left -= leastAt(t)
  }
  for (const t of byMerit) {
    if (left <= 0) break
    if (t < from || t >= until) continue
    steps[t] = Math.min(free[t]!, stepsToDeliver(seat, left + leastAt(t), spanMs[t]!))
    left -= (stepW[steps[t]!]! - stepW[minSteps]!) * spanMs[t]!
  }
  return { from, until, steps, energy: given, merit }
}
