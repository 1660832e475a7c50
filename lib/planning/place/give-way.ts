import type { Seat } from '../board.ts'
import { periodCount } from '../periods.ts'
import { type Schedule, setSteps, stepsFree } from '../schedule.ts'

/** The next set point that is a watt more. */
export const moreThan = ({ stepW, minSteps, maxSteps }: Seat, own: number): number => {
  let more = own === 0 ? minSteps : own + 1
  while (more < maxSteps && stepW[more] === stepW[own]) more += 1
  return more
}

/** Energy that a place has for a seat beyond what it takes there. */
export const gainAt = (schedule: Schedule, v: number, t: number): number => {
  const { stepW, spanMs } = schedule.board.seats[v]!
  return (stepW[stepsFree(schedule, v, t)]! - stepW[schedule.steps[v]![t]!]!) * spanMs[t]!
}

/** The seat gives way in this slot by as little as is enough for `most` to be free; by no more than is of use where it is not. */
export const giveWay = (schedule: Schedule, w: number, t: number, freeNow: () => number, most: number): void => {
  const { minSteps } = schedule.board.seats[w]!
  let less = schedule.steps[w]![t]!
  let best = { steps: less, free: freeNow() }
  while (less > 0 && best.free < most) {
    less = less - 1 < minSteps ? 0 : less - 1
    setSteps(schedule, w, t, less)
    const free = freeNow()
    if (free > best.free) best = { steps: less, free }
  }
  setSteps(schedule, w, t, best.steps)
}

/** Are all periods of its port in use? */
export const hasAll = ({ board, steps }: Schedule, v: number): boolean => periodCount(steps[v]!) >= board.seats[v]!.port.maxPeriods

/** The lower one of the runs beside a slot that are above it; 0 = none. */
export const besides = ({ steps }: Schedule, v: number, t: number): number => {
  const row = steps[v]!
  const own = row[t]!
  const before = t > 0 ? row[t - 1]! : 0
  const after = t + 1 < row.length ? row[t + 1]! : 0
  if (before <= own) return after > own ? after : 0
  return after > own ? Math.min(before, after) : before
}
