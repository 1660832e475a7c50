import { addEnergy } from './fill.ts'
import { inRuns, type Merit } from './merit.ts'
import { missingOf, type Schedule, setSteps, stepsFree } from './schedule.ts'

/**
 * Fewer changes at the chargers for the same money: inside each stretch of equal merit every vehicle keeps its energy, but they are
 * served one after the other at full power. A stretch where that does not work out stays as it was.
 */
export const consolidated = (schedule: Schedule, merit: Merit): Schedule => {
  const stretches = merit.levels.flatMap(inRuns).toSorted((a, b) => a[0]! - b[0]!)
  for (const slots of stretches) consolidate(schedule, slots)
  return schedule
}

const consolidate = (schedule: Schedule, slots: number[]): void => {
  const { seats } = schedule.board
  const movable = seats.flatMap(({ need }, v) =>
    need.mayPause && !need.chargeFirst && !need.taper && slots.some((t) => schedule.steps[v]![t]! > 0) ? [v] : [],
  )
  const before = movable.map((v) => slots.map((t) => schedule.steps[v]![t]!))
  const missing = movable.map((v) => missingOf(schedule, v))
  const energy = new Map(
    movable.map((v) => [v, slots.reduce((sum, t) => sum + seats[v]!.stepW[schedule.steps[v]![t]!]! * seats[v]!.spanMs[t]!, 0)]),
  )
  const put = (rows: number[][]) => {
    for (const v of movable) for (const t of slots) setSteps(schedule, v, t, 0)
    movable.forEach((v, i) => {
      for (const [at, t] of slots.entries()) setSteps(schedule, v, t, rows[i]![at]!)
    })
  }
  const changes = () => movable.reduce((sum, v) => sum + changesIn(schedule.steps[v]!, slots), 0)
  let best = { rows: before, changes: changes() }
  const slack = (v: number) =>
    slots.reduce((sum, t) => sum + seats[v]!.spanMs[t]!, 0) - energy.get(v)! / (seats[v]!.stepW[seats[v]!.maxSteps] || 1)
  const orders = [
    movable.toSorted((a, b) => slack(a) - slack(b) || a - b),
    movable.toSorted((a, b) => seats[a]!.need.departs - seats[b]!.need.departs || slack(a) - slack(b) || a - b),
  ]
  for (const order of orders) {
    for (const fullOnly of [true, false]) {
      put(movable.map(() => slots.map(() => 0)))
      const served = order.every((v) => serve(schedule, v, slots, energy.get(v)!, fullOnly))
      const ready = served && movable.every((v, i) => missingOf(schedule, v) <= missing[i]!)
      if (ready && changes() < best.changes)
        best = { rows: movable.map((v) => slots.map((t) => schedule.steps[v]![t]!)), changes: changes() }
    }
  }
  put(best.rows)
}

/** Full power where it fits, beside what the vehicle has before or after the stretch; then, unless `fullOnly`, whatever is left. */
const serve = (schedule: Schedule, v: number, slots: number[], energy: number, fullOnly: boolean): boolean => {
  const seat = schedule.board.seats[v]!
  const row = schedule.steps[v]!
  const onAfter = (row[slots.at(-1)! + 1] ?? 0) > 0
  const onBefore = (row[slots[0]! - 1] ?? 0) > 0
  const order = onAfter && !onBefore ? slots.toReversed() : slots
  const free = order.filter((t) => !fullOnly || stepsFree(schedule, v, t) >= seat.maxSteps)
  return addEnergy(schedule, v, energy, free) >= energy
}

const changesIn = (row: number[], slots: number[]): number =>
  [...slots, slots.at(-1)! + 1].reduce((sum, t) => sum + ((row[t] ?? 0) === (row[t - 1] ?? 0) ? 0 : 1), 0)
