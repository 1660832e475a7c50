import { minutes } from '#lib/time/instant.ts'
import { bestBlock, extendRun, inOrderOfNeed, placeBlocks } from './blocks.ts'
import type { Board } from './board.ts'
import { siteLoadW } from './cost.ts'
import { clearSeat, giveRow } from './fill.ts'
import type { Relaxed } from './flow/relax.ts'
import { firstSlotAt, type PlanningInput } from './input.ts'
import { type Merit, place, placeRest } from './merit.ts'
import { tidy } from './periods.ts'
import { budgetFor, exchange } from './place/exchange.ts'
import { keepTo, keepToOwn } from './place/keep-to.ts'
import { emptySchedule, energyOf, missingOf, type Schedule, setSteps, stepsFree } from './schedule.ts'
import { allReady, blocksOf } from './score.ts'

// A plan is kept unless something real changed, and then changed only where it must be.

/** A vehicle is moved only to be ready this much earlier … */
const WORTH_MOVING_MS = minutes(30)
/** … or for this part of what its energy costs. */
const WORTH_MOVING = 0.02
/** Moving one may make room for another; with more seats × slots than this all are looked at once. */
const PULL_ROUNDS = 3
const MOST_PULLED = 30_000
/** Sums that differ by less are equal. */
const EQUAL = 1e-9
/** What is so near stays as it is, unless limits or needs forbid. */
const FIRM_MS = minutes(30)

/** By how much the last plan may be over the best peaks; what is added to it makes as little of that as it must. */
const KEPT_RAISE = 0.02
const KEPT_RAISES = [0, 0.002, 0.005, 0.01, KEPT_RAISE]

/** Slots in which nothing is moved for gain: none when somebody came or left since the last plan, or a charger was lost or found. */
export const firmSlots = ({ input, seats, slotMs }: Board): number => {
  const before = input.previous?.allocations ?? []
  const same = before.length === seats.length && seats.every(({ need }) => before.some(({ vehicle }) => vehicle === need.id))
  return same && outOfReachBefore(input) === outOfReach(input) ? Math.ceil(FIRM_MS / slotMs) : 0
}

/** Vehicles at chargers that cannot be reached or used: what is kept for them is room when they are gone. */
const outOfReach = ({ needs, ports }: PlanningInput): string => {
  const away = new Set(ports.flatMap(({ id, offline }) => (offline ? [id] : [])))
  return namesOf(needs.flatMap(({ id, port }) => (port !== undefined && away.has(port) ? [id] : [])))
}
const outOfReachBefore = ({ previous }: PlanningInput): string =>
  namesOf(
    Object.entries(previous?.reasons ?? {}).flatMap(([id, { kind }]) => (kind === 'chargerOffline' || kind === 'outOfUse' ? [id] : [])),
  )
const namesOf = (ids: string[]): string => ids.toSorted().join(' ')

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
export const asBefore = (board: Board, merit: Merit, rows: number[][], { peaks }: Relaxed): Schedule | undefined => {
  let schedule = keepTo(emptySchedule(board), peaks, KEPT_RAISE)
  const order = inOrderOfNeed(schedule)
  for (const v of order) {
    if (board.seats[v]!.need.chargeFirst && board.seats[v]!.need.mayPause) placeRest(schedule, v, merit)
    else layBest(schedule, v, rows[v]!, merit)
  }
  const firm = firmSlots(board)
  const own = peaksOf(schedule)
  const most = peaks.map((peak, i) => Math.max(peak, own[i]!))
  for (const raise of peaks.length === 0 ? [0] : KEPT_RAISES) {
    if (allReady(schedule)) break
    schedule = keepTo(schedule, most, raise)
    for (const v of order) {
      // a little more than was told before: its block goes on, or it waits; what cannot wait comes at once
      if (firm > 0 && missingOf(schedule, v) > 0) topUp(schedule, v, merit, (t) => t >= firm)
      if (missingOf(schedule, v) > 0) topUp(schedule, v, merit)
    }
  }
  // then from others that can have the same at another time
  const mayMove = (v: number) => board.seats[v]!.need.mayPause && !board.seats[v]!.need.chargeFirst
  const late = order.filter((v) => mayMove(v) && missingOf(schedule, v) > 0)
  const wanted = board.seats.map(({ target }) => target)
  if (late.length > 0) exchange(schedule, { seats: late, wanted, price: merit.of, budget: budgetFor(board), mayMove })
  const rounds = board.seats.length * board.slots > MOST_PULLED ? 1 : PULL_ROUNDS
  for (let round = 0; round < rounds; round += 1) if (!order.map((v) => pullForward(schedule, v, merit, firm)).includes(true)) break
  for (const v of order) tidy(schedule, v, merit, firm)
  const paused = board.seats.some(({ need }, v) => !need.mayPause && blocksOf(schedule.steps[v]!) > 1)
  return paused ? undefined : keepToOwn(schedule)
}

/** The peaks that a schedule makes, one for each demand charge, W. */
const peaksOf = (schedule: Schedule): number[] => {
  const load = siteLoadW(schedule)
  return schedule.board.input.prices.demand.map(({ slots }) => load.reduce((most, w, t) => (slots[t] ? Math.max(most, w) : most), 0))
}

/** Gives the seat its need out of its row, the best slots first: what comes sooner at a worse price was welcome energy, and is laid after all needs. */
export const layBest = (schedule: Schedule, v: number, row: number[], merit: Merit): void => {
  for (const level of merit.levels) {
    if (schedule.board.seats[v]!.target <= energyOf(schedule, v)) return
    const slots = new Set(level)
    lay(
      schedule,
      v,
      row.map((steps, t) => (slots.has(t) ? steps : 0)),
      schedule.board.seats[v]!.target,
    )
  }
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

/** What the seat lacks: its own block goes on, then another one, then any place. */
export const topUp = (schedule: Schedule, v: number, merit: Merit, allowed: (t: number) => boolean = () => true): void => {
  const seat = schedule.board.seats[v]!
  const left = () => seat.target - energyOf(schedule, v)
  if (!seat.need.taper) {
    extendRun(schedule, v, merit, left())
    if (missingOf(schedule, v) > 0) {
      const before = schedule.steps[v]!.slice()
      // nothing yet, or a rest that its block cannot take: as if it were new, where that keeps it one block
      if (before[0] === 0) {
        clearSeat(schedule, v)
        placeBlocks(schedule, v, merit, seat.target, allowed)
        if (missingOf(schedule, v) === 0) return
        giveRow(schedule, v, before)
      }
      placeBlocks(schedule, v, merit, left(), allowed)
    }
  }
  if (missingOf(schedule, v) > 0) place(schedule, v, merit, left(), allowed)
}

/** One block at a better or earlier time, where that is worth it; answers whether it was moved. */
const pullForward = (schedule: Schedule, v: number, merit: Merit, firm: number): boolean => {
  const { need, target, stepW, spanMs } = schedule.board.seats[v]!
  const before = schedule.steps[v]!
  const end = before.findLastIndex((steps) => steps > 0) + 1
  if (end === 0 || target === 0 || need.chargeFirst || need.taper || missingOf(schedule, v) > 0) return false
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
  const earlier = complete && block.until + most <= end && block.merit <= was + Math.abs(was) * EQUAL
  const cheaper = complete && was - block.merit > Math.abs(was) * WORTH_MOVING
  if (earlier || cheaper) placeBlocks(schedule, v, merit, target, undefined, 1)
  else {
    // several blocks: all of them so much earlier, where that costs no more
    const sooner = fitsAt(schedule, v, row, most, merit) ? row.slice(most) : []
    for (const [t, steps] of sooner.entries()) setSteps(schedule, v, t, steps)
  }
  const movesSoon = schedule.steps[v]!.some((steps, t) => t < firm && steps !== row[t])
  const moves = !movesSoon && missingOf(schedule, v) === 0
  if (!moves) giveRow(schedule, v, row)
  return moves
}

/** Has the seat room for its row `by` slots earlier, at prices that are no worse, slot by slot? */
const fitsAt = (schedule: Schedule, v: number, row: Int32Array, by: number, merit: Merit): boolean => {
  const { spanMs } = schedule.board.seats[v]!
  return row.every((steps, t) => {
    const at = t - by
    if (steps === 0) return true
    return at >= 0 && spanMs[at]! >= spanMs[t]! && merit.of[at]! <= merit.of[t]! && stepsFree(schedule, v, at) >= steps
  })
}
