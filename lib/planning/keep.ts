import { minutes } from '#lib/time/instant.ts'
import { bestBlock, extendRun, inOrderOfNeed, placeBlocks } from './blocks.ts'
import type { Board } from './board.ts'
import { clearSeat, giveRow } from './fill.ts'
import { firstSlotAt } from './input.ts'
import { type Merit, placeRest } from './merit.ts'
import { budgetFor, makeRoom } from './repair.ts'
import { emptySchedule, energyOf, missingOf, type Schedule, setSteps, stepsFree } from './schedule.ts'
import { blocksOf } from './score.ts'

// A plan is kept unless something real changed, and then changed only where it must be.

/** A vehicle is moved only to be ready this much earlier … */
const WORTH_MOVING_MS = minutes(30)
/** … or for this part of what its energy costs. */
const WORTH_MOVING = 0.02

/** What the last plan has for each seat, as steps in today's slots (0 where nothing can be used). Undefined: there is none. */
export const rowsBefore = ({ input, seats, slots }: Board): number[][] | undefined => {
  const { previous } = input
  if (!previous || previous.slotMinutes !== input.slotMinutes) return undefined
  // somebody wants something else now
  if (previous.policy !== undefined && previous.policy !== input.policy) return undefined
  const shift = (firstSlotAt(input.now, input.slotMinutes) - previous.from) / minutes(input.slotMinutes)
  const byVehicle = new Map(previous.allocations.map((each) => [each.vehicle, each]))
  return seats.map((seat) => {
    const row = new Array<number>(slots).fill(0)
    const was = byVehicle.get(seat.need.id)
    if (was?.port !== seat.port.id || was.periods.length === 0) return row
    const last = was.powerW.length
    let period = -1
    for (let t = 0; t < slots && t + shift < last; t += 1) {
      while (period + 1 < was.periods.length && was.periods[period + 1]!.fromSlot <= t + shift) period += 1
      const steps = Math.min(seat.maxSteps, Math.floor((was.periods[period]?.milliamps ?? 0) / seat.port.stepMa))
      if (steps >= seat.minSteps && seat.spanMs[t]! > 0) row[t] = steps
    }
    return row
  })
}

/**
 * The last plan as far as it serves needs, on today's slots: what a limit no longer allows is taken away, what is missing is added to a
 * vehicle's own block, and only who gains much is moved. Welcome energy is not in it.
 */
export const asBefore = (board: Board, merit: Merit, rows: number[][]): Schedule | undefined => {
  const schedule = emptySchedule(board)
  const order = inOrderOfNeed(schedule)
  for (const v of order) {
    if (board.seats[v]!.need.chargeFirst) placeRest(schedule, v, merit)
    else lay(schedule, v, rows[v]!, board.seats[v]!.target)
  }
  for (const v of order) if (missingOf(schedule, v) > 0) topUp(schedule, v, merit)
  // then from others that can have the same at another time
  const budget = budgetFor(board)
  for (const v of order) if (board.seats[v]!.need.mayPause && missingOf(schedule, v) > 0) makeRoom(schedule, v, budget)
  for (const v of order) pullForward(schedule, v, merit)
  const paused = board.seats.some(({ need }, v) => !need.mayPause && blocksOf(schedule.steps[v]!) > 1)
  return paused ? undefined : schedule
}

/** Gives the seat its row until it has `energy`, as far as there is room; a block under way may go on for `slack` W·ms more. */
export const lay = (schedule: Schedule, v: number, row: number[], energy: number, slack = 0): void => {
  const { spanMs, stepW, minSteps } = schedule.board.seats[v]!
  const own = schedule.steps[v]!
  let left = energy - energyOf(schedule, v)
  for (let t = 0; t < row.length && left + slack > 0; t += 1) {
    if (left <= 0 && t > 0 && own[t - 1] === 0) break
    if (row[t] === 0 || own[t]! >= row[t]!) continue
    const steps = Math.min(row[t]!, stepsFree(schedule, v, t))
    if (steps < minSteps || steps <= own[t]!) continue
    left -= (stepW[steps]! - stepW[own[t]!]!) * spanMs[t]!
    setSteps(schedule, v, t, steps)
  }
}

const topUp = (schedule: Schedule, v: number, merit: Merit): void => {
  const seat = schedule.board.seats[v]!
  if (!seat.need.taper) {
    extendRun(schedule, v, merit, seat.target - energyOf(schedule, v))
    if (missingOf(schedule, v) > 0) {
      const before = schedule.steps[v]!.slice()
      // nothing yet, or a rest that its block cannot take: as if it were new, where that keeps it one block
      if (before[0] === 0) {
        clearSeat(schedule, v)
        placeBlocks(schedule, v, merit, seat.target)
        if (missingOf(schedule, v) === 0) return
        giveRow(schedule, v, before)
      }
      placeBlocks(schedule, v, merit, seat.target - energyOf(schedule, v))
    }
  }
  if (missingOf(schedule, v) > 0) placeRest(schedule, v, merit)
}

const pullForward = (schedule: Schedule, v: number, merit: Merit): void => {
  const { need, target, stepW, spanMs } = schedule.board.seats[v]!
  const before = schedule.steps[v]!
  const end = before.findLastIndex((steps) => steps > 0) + 1
  if (end === 0 || target === 0 || need.chargeFirst || need.taper || missingOf(schedule, v) > 0) return
  const row = before.slice()
  let left = target
  const was = row.reduce((sum, steps, t) => {
    const energy = Math.min(left, stepW[steps]! * spanMs[t]!)
    left -= energy
    return sum + energy * merit.of[t]!
  }, 0)
  const most = Math.ceil(WORTH_MOVING_MS / schedule.board.slotMs)
  clearSeat(schedule, v)
  const block = bestBlock(schedule, v, merit, target)
  const complete = block !== undefined && block.energy >= target
  const earlier = complete && block.until + most <= end && block.merit <= was
  const cheaper = complete && was - block.merit > Math.abs(was) * WORTH_MOVING
  if (earlier || cheaper) placeBlocks(schedule, v, merit, target, undefined, 1)
  if (!(earlier || cheaper) || missingOf(schedule, v) > 0) giveRow(schedule, v, row)
}
