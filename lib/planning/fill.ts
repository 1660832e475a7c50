import { minutes } from '#lib/time/instant.ts'
import { slotAt } from './input.ts'
import { energyOf, type Schedule, setSteps, stepsFree, stepsToDeliver } from './schedule.ts'

/** Who is served first: by departure (few changes), or by least laxity in each slot (least missed when it is tight). */
export type Rule = { by: 'departure' | 'laxity'; keepOnMs: number; priorities: boolean }

export const RULES: Rule[] = [
  { by: 'departure', keepOnMs: 0, priorities: true },
  { by: 'laxity', keepOnMs: minutes(60), priorities: true },
  { by: 'laxity', keepOnMs: 0, priorities: true },
  { by: 'departure', keepOnMs: 0, priorities: false },
  { by: 'laxity', keepOnMs: 0, priorities: false },
]

/** Goes through `slots` in the order given and hands out each one's room, first served first. `only` = the seats that take part. */
export const fill = (schedule: Schedule, slots: number[], rule: Rule, only: number[]): void => {
  const { seats } = schedule.board
  const left = seats.map((seat, v) => seat.target - energyOf(schedule, v))
  const startLaxity = seats.map((_, v) => laxityMs(schedule, v, left[v]!, 0))
  const key = new Array<number>(seats.length).fill(0)
  const rank = (v: number) => (seats[v]!.need.chargeFirst ? Number.POSITIVE_INFINITY : rule.priorities ? seats[v]!.need.priority : 0)
  const order = only.toSorted(
    (a, b) => rank(b) - rank(a) || seats[a]!.need.departs - seats[b]!.need.departs || startLaxity[a]! - startLaxity[b]! || a - b,
  )
  const allMayPause = only.every((v) => seats[v]!.need.mayPause)
  for (const t of slots) {
    const present = order.filter((v) => left[v]! > 0 && seats[v]!.spanMs[t]! > 0 && schedule.steps[v]![t] === 0)
    if (present.length === 0) continue
    if (rule.by === 'departure' && allMayPause) {
      for (const v of present) left[v]! -= give(schedule, v, t, left[v]!)
      continue
    }
    for (const v of present) {
      const wasOn = t > 0 && schedule.steps[v]![t - 1]! > 0
      if (wasOn && !seats[v]!.need.mayPause) key[v] = Number.NEGATIVE_INFINITY
      else key[v] = rule.by === 'laxity' ? laxityMs(schedule, v, left[v]!, t) - (wasOn ? rule.keepOnMs : 0) : 0
    }
    const isHeld = (v: number) => (key[v] === Number.NEGATIVE_INFINITY ? 1 : 0)
    // a stable sort: equal keys keep the order of departure
    for (const v of present.toSorted((a, b) => isHeld(b) - isHeld(a) || rank(b) - rank(a) || compare(key[a]!, key[b]!))) {
      left[v]! -= give(schedule, v, t, left[v]!)
    }
  }
}

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

/** Removes all that the seat has. */
export const clearSeat = (schedule: Schedule, v: number): void => {
  for (let t = 0; t < schedule.board.slots; t += 1) setSteps(schedule, v, t, 0)
}

/** Gives the seat exactly these steps; they were free before. */
export const giveRow = (schedule: Schedule, v: number, row: number[]): void => {
  clearSeat(schedule, v)
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

const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1)
