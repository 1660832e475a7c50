import { addEnergy } from './fill.ts'
import { upTo } from './merit.ts'
import { missingOf, type Schedule, setSteps, stepsFree, stepsToDeliver } from './schedule.ts'

/** Moves tried for one vehicle: bounded work. */
const TRIES = 400

/** A vehicle that misses energy takes a slot from another one that can have the same energy at another time. */
export const makeRoom = (schedule: Schedule, v: number): void => {
  const { board } = schedule
  const seat = board.seats[v]!
  let tries = TRIES
  for (let t = 0; t < board.slots && tries > 0; t += 1) {
    if (seat.spanMs[t] === 0 || schedule.steps[v]![t]! === seat.maxSteps) continue
    for (let u = 0; u < board.seats.length && tries > 0; u += 1) {
      if (missingOf(schedule, v) === 0) return
      if (u === v || schedule.steps[u]![t] === 0 || !sharesNode(schedule, u, v) || !mayMove(schedule, u)) continue
      tries -= 1
      const before = schedule.steps[u]!.slice()
      const wasMissing = missingOf(schedule, u)
      const wasMine = schedule.steps[v]![t]!
      const energy = board.seats[u]!.stepW[before[t]!]! * board.seats[u]!.spanMs[t]!
      setSteps(schedule, u, t, 0)
      take(schedule, v, t)
      addEnergy(schedule, u, energy, upTo(board.slots))
      if (missingOf(schedule, u) <= wasMissing && schedule.steps[v]![t]! > wasMine) continue
      setSteps(schedule, v, t, wasMine)
      for (let i = 0; i < board.slots; i += 1) if (schedule.steps[u]![i]! > before[i]!) setSteps(schedule, u, i, before[i]!)
      for (let i = 0; i < board.slots; i += 1) setSteps(schedule, u, i, before[i]!)
    }
  }
}

const take = (schedule: Schedule, v: number, t: number): void => {
  const seat = schedule.board.seats[v]!
  const own = schedule.steps[v]![t]!
  const wanted = stepsToDeliver(seat, missingOf(schedule, v) + seat.stepW[own]! * seat.spanMs[t]!, seat.spanMs[t]!)
  const free = stepsFree(schedule, v, t)
  if (Math.min(free, wanted) > own) setSteps(schedule, v, t, Math.min(free, wanted))
}

const mayMove = (schedule: Schedule, u: number): boolean => {
  const { need } = schedule.board.seats[u]!
  return need.mayPause && !need.chargeFirst
}

const sharesNode = (schedule: Schedule, u: number, v: number): boolean =>
  schedule.board.seats[u]!.path.some((n) => schedule.board.seats[v]!.path.includes(n))
