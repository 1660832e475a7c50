import { slotAt } from './input.ts'
import { energyOf, type Schedule, setSteps, stepsFree, stepsToDeliver } from './schedule.ts'

/** Adds up to `energy` W·ms in the slots of `order`, each at most `mostSteps(t)`; answers what it added. */
export const addEnergy = (
  schedule: Schedule,
  v: number,
  energy: number,
  order: number[],
  mostSteps: (t: number) => number = () => Number.POSITIVE_INFINITY,
): number => {
  let left = energy
  for (const t of order) {
    if (left <= 0) break
    left -= give(schedule, v, t, left, mostSteps(t))
  }
  return energy - left
}

/** What whole steps have taken from a vehicle is given back where it charges anyway, the cheapest slots first. */
export const fillOwn = (schedule: Schedule, v: number, wanted: number, price: ArrayLike<number>): void => {
  const left = wanted - energyOf(schedule, v)
  if (left <= 0) return
  const { maxSteps } = schedule.board.seats[v]!
  const on: number[] = []
  schedule.steps[v]!.forEach((steps, t) => {
    if (steps > 0 && steps < maxSteps) on.push(t)
  })
  on.sort((a, b) => price[a]! - price[b]! || a - b)
  addEnergy(schedule, v, left, on)
}

/** Removes all that the seat has. */
export const clearSeat = (schedule: Schedule, v: number): void => {
  for (let t = 0; t < schedule.board.slots; t += 1) setSteps(schedule, v, t, 0)
}

/** Gives the seat exactly these steps; they were free before. */
export const giveRow = (schedule: Schedule, v: number, row: ArrayLike<number>): void => {
  const own = schedule.steps[v]!
  // what goes away first, so that nothing is over meanwhile
  for (let t = 0; t < row.length; t += 1) if (own[t]! > row[t]!) setSteps(schedule, v, t, row[t]!)
  for (let t = 0; t < row.length; t += 1) setSteps(schedule, v, t, row[t]!)
}

/** Time to spare at slot `t`, ms: until departure, less what the rest of the need takes at full power. */
export const laxityMs = ({ board }: Schedule, v: number, left: number, t: number): number => {
  const seat = board.seats[v]!
  const from = Math.max(slotAt(board.input, t), board.input.now, seat.need.arrives)
  const fullW = seat.stepW[seat.maxSteps]! || 1
  return seat.need.departs - from - left / fullW
}

const give = (schedule: Schedule, v: number, t: number, left: number, mostSteps = Number.POSITIVE_INFINITY): number => {
  const seat = schedule.board.seats[v]!
  const spanMs = seat.spanMs[t]!
  if (spanMs <= 0) return 0
  const before = schedule.steps[v]![t]!
  const free = Math.min(stepsFree(schedule, v, t), mostSteps)
  if (free < seat.minSteps || free <= before) return 0
  const steps = Math.min(free, stepsToDeliver(seat, left + seat.stepW[before]! * spanMs, spanMs))
  if (steps <= before) return 0
  // a tapering vehicle takes less than it is given; the difference is added again later
  const added = seat.need.taper ? -energyOf(schedule, v) : (seat.stepW[steps]! - seat.stepW[before]!) * spanMs
  setSteps(schedule, v, t, steps)
  return seat.need.taper ? added + energyOf(schedule, v) : added
}
