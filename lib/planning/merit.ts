import { addEnergy } from './fill.ts'
import type { PlanningInput } from './input.ts'
import { energyOf, type Schedule, stepsFree } from './schedule.ts'

/** What makes a slot better than another: lower is better. Slots of one level are equal. */
export type Merit = { of: number[]; levels: number[][] }

export const meritOf = ({ prices, policy, slots }: PlanningInput): Merit => {
  const carbon = policy === 'greenest' ? prices.carbonGPerKwh : undefined
  const of = Array.from({ length: slots }, (_, t) => (policy === 'readyFirst' ? 0 : (carbon ?? prices.microPerKwh)[t]!))
  const levels = [...new Set(of)].sort((a, b) => a - b).map((level) => of.flatMap((value, t) => (value === level ? [t] : [])))
  return { of, levels }
}

/**
 * Adds what the seat still needs, best slots first. Inside the level that is not needed whole it prefers slots beside those
 * it already has, then the first run that is long enough: few on-blocks, and earlier rather than later.
 */
export const place = (
  schedule: Schedule,
  v: number,
  merit: Merit,
  energy: number,
  allowed: (t: number) => boolean = () => true,
): number => {
  const seat = schedule.board.seats[v]!
  if (seat.need.chargeFirst) return addEnergy(schedule, v, energy, upTo(schedule.board.slots))
  let left = energy
  for (const level of merit.levels) {
    if (left <= 0) break
    const usable = level.filter((t) => seat.spanMs[t]! > 0 && allowed(t) && stepsFree(schedule, v, t) > schedule.steps[v]![t]!)
    const capacity = (t: number) => (seat.stepW[stepsFree(schedule, v, t)]! - seat.stepW[schedule.steps[v]![t]!]!) * seat.spanMs[t]!
    const whole = usable.reduce((sum, t) => sum + capacity(t), 0)
    left -= addEnergy(schedule, v, left, whole <= left ? usable : inBlocks(schedule, v, usable, left, capacity))
  }
  return energy - left
}

/** What is left of its need, placed. */
export const placeRest = (schedule: Schedule, v: number, merit: Merit): void => {
  place(schedule, v, merit, schedule.board.seats[v]!.target - energyOf(schedule, v))
}

export const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

const inBlocks = (schedule: Schedule, v: number, usable: number[], energy: number, capacity: (t: number) => number): number[] => {
  const row = schedule.steps[v]!
  const runs = inRuns(usable).map((slots) => {
    const after = (row[slots[0]! - 1] ?? 0) > 0
    const before = (row[slots.at(-1)! + 1] ?? 0) > 0
    const enough = slots.reduce((sum, t) => sum + capacity(t), 0) >= energy
    return { slots: before && !after ? slots.toReversed() : slots, rank: after || before ? 0 : enough ? 1 : 2 }
  })
  return runs.toSorted((a, b) => a.rank - b.rank).flatMap(({ slots }) => slots)
}

/** Ascending slots as stretches without a gap. */
const inRuns = (slots: number[]): number[][] => {
  const runs: number[][] = []
  for (const t of slots) {
    const last = runs.at(-1)
    if (last?.at(-1) === t - 1) last.push(t)
    else runs.push([t])
  }
  return runs
}
