import type { Flow } from '../flow/max-flow.ts'
import { canGiveWay } from '../periods.ts'
import { type Schedule, setSteps, stepsFree } from '../schedule.ts'
import { rankOf } from '../score.ts'
import { type Amounts, amountsOf, NOTHING } from './amounts.ts'
import { fillRest } from './fill-rest.ts'
import { isAnyOver, linesOf } from './lines.ts'
import { pull, roomAt, roomLater, setEnergy, trade } from './trades.ts'
import { unload, unloadAll } from './unload.ts'
import { whoIsHere } from './who-is-here.ts'

// Slot after slot the optimum is made what chargers can do: whole steps, 0 or at least the minimum, whoever charges goes on. What one vehicle
// takes now another one takes later in its place, so that slots keep their sums, vehicles their energy and the plan its cost.

/** With room for less than so many slots of full power later a vehicle cannot wait. */
const URGENT = 2
/** Less than this part of the least that a slot can give is no visit worth. */
const WORTH_A_VISIT = 0.1
/** Whole but for what numbers lose. */
const EVEN = 1e-3
/** So many others are asked in vain for one vehicle in one slot. */
const VAIN = 12

const NOBODY: ReadonlySet<number> = new Set()

export type Settling = {
  schedule: Schedule
  amounts: Amounts
  /** Periods so far. */
  changes: Int32Array
  /** Steps in the slot before. */
  wasOn: Int32Array
  cut: number[]
  /** By seat of the flow: W of one step and of its least; its rank, where ranks differ. */
  unitW: Float64Array
  leastW: Float64Array
  rank: Float64Array | undefined
}

/**
 * Makes `flow` (the optimum of these seats on the plan's own slots) a schedule; what it cannot place is left out. Answers the cells
 * (`t * seats + i`) in which something was full that the flow does not know. `end`: slots that are settled; `restless`: seats of the board that
 * should not change for others.
 */
export const settle = (
  schedule: Schedule,
  flow: Flow,
  price: ArrayLike<number>,
  { end = flow.network.slots, restless = NOBODY }: { end?: number; restless?: ReadonlySet<number> } = {},
): number[] => {
  const lines = linesOf(schedule, flow.network)
  const amounts = amountsOf(flow, price, lines)
  if (lines && end === flow.network.slots) unloadAll(amounts, lines)
  const { network, given, ahead } = amounts
  const { seats, slots, boardSeat } = network
  const of = Array.from(boardSeat, (v) => schedule.board.seats[v]!)
  const ranks = Float64Array.from(of, rankOf)
  const work: Settling = {
    schedule,
    amounts,
    changes: new Int32Array(seats),
    wasOn: new Int32Array(seats),
    cut: [],
    unitW: Float64Array.from(of, ({ stepW, maxSteps }) => stepW[maxSteps]! / maxSteps),
    leastW: Float64Array.from(of, ({ stepW, minSteps }) => stepW[minSteps]!),
    rank: ranks.every((rank) => rank === ranks[0]) ? undefined : ranks,
  }
  const latest = Float64Array.from(of, ({ need, stepW, maxSteps }, i) => need.departs - ahead[i]! / (stepW[maxSteps] || 1))
  const byLatest = Int32Array.from({ length: seats }, (_, i) => i).sort((a, b) => latest[a]! - latest[b]! || a - b)
  const turn = new Int32Array(seats)
  for (let x = 0; x < seats; x += 1) turn[byLatest[x]!] = x
  const hereOf = whoIsHere(work, byLatest, restless)
  for (let t = 0; t < end; t += 1) {
    const { goOn, partly, idle } = hereOf(t)
    if (lines && isAnyOver(lines, t)) {
      const come = unload(amounts, lines, [...goOn, ...partly, ...idle], t)
      if (come.length > 0) {
        const known = new Set([...goOn, ...partly, ...idle])
        idle.push(...new Set(come.filter((u) => !known.has(u))))
        idle.sort((a, b) => turn[a]! - turn[b]!)
      }
    }
    const here = goOn.concat(partly, idle)
    gather(work, here, t)
    inSteps(work, here, t)
    fillRest(schedule, amounts, here, t)
    for (const i of here) {
      ahead[i]! -= given[i * slots + t]!
      work.wasOn[i] = schedule.steps[boardSeat[i]!]![t]!
    }
  }
  return work.cut
}

/** Those who come first in `here` get all they can take in this slot, from those who come last. */
const gather = ({ schedule, amounts, leastW }: Settling, here: number[], t: number): void => {
  const { network, given, most, ahead } = amounts
  const { slots } = network
  const { slotMs } = schedule.board
  let last = here.length - 1
  for (let x = 0; x < here.length; x += 1) {
    const i = here[x]!
    const at = i * slots + t
    const left = ahead[i]!
    const least = leastW[i]! * slotMs
    // a rest that no slot can give is not left over
    const full = left > most[at]! && left - most[at]! < least ? Math.max(left - least, least) : Math.min(most[at]!, left)
    for (let y = last; y > x && given[at]! > full + NOTHING; y -= 1) trade(amounts, here[y]!, i, t, given[at]! - full)
    if (given[at]! >= full - NOTHING) continue
    pull(amounts, i, t, full - given[at]!)
    let vain = 0
    for (let y = last; y > x && given[at]! < full - NOTHING && vain < VAIN; y -= 1) {
      if (given[here[y]! * slots + t]! <= 0) {
        if (y === last) last -= 1
        continue
      }
      if (trade(amounts, i, here[y]!, t, full - given[at]!) <= 0) vain += 1
    }
  }
}

/** Whole steps for everybody in this slot. */
const inSteps = (work: Settling, here: number[], t: number): void => {
  const { schedule, amounts, unitW } = work
  const { network, given, most, debt } = amounts
  const { slots, boardSeat } = network
  const done: number[] = []
  const order = inTurn(work, here, t)
  for (let x = 0; x < order.length; x += 1) {
    const i = order[x]!
    const at = i * slots + t
    if (given[at]! <= 0) continue
    const seat = schedule.board.seats[boardSeat[i]!]!
    const unit = seat.spanMs[t]! * unitW[i]!
    // under the minimum: more of those who come last and are not at full power either
    for (let y = order.length - 1; y > x && given[at]! < seat.minSteps * unit - NOTHING; y -= 1) {
      const other = order[y]! * slots + t
      if (given[other]! > 0 && given[other]! < most[other]! - NOTHING) trade(amounts, i, order[y]!, t, seat.minSteps * unit - given[at]!)
    }
    const exact = given[at]! / unit
    const nearest = Math.round(exact + Math.min(0.5, debt[i]! / unit))
    const isWorth = exact > WORTH_A_VISIT * seat.minSteps
    // still under it: room is made by those who have more, or it is given to them
    if (isWorth && makeRoom(work, done, i, t)) {
      if (setNear(work, i, t, Math.min(seat.maxSteps, Math.max(nearest, seat.minSteps))) > 0) done.push(i)
      continue
    }
    if (isWorth && isUnforeseen(schedule, boardSeat[i]!, t, 0)) work.cut.push(t * network.seats + i)
    for (let y = 0; y < done.length && given[at]! > NOTHING; y += 1) {
      const other = done[y]! * slots + t
      if (given[other]! < most[other]! - NOTHING) giveOver(work, i, done[y]!, t)
    }
    setNear(work, i, t, 0)
  }
}

/** Gives the seat these steps, or as many as there is room for; answers how many that were. */
const setNear = (work: Settling, i: number, t: number, steps: number): number => {
  const { schedule, amounts } = work
  const v = amounts.network.boardSeat[i]!
  const free = steps === 0 ? 0 : Math.min(steps, stepsFree(schedule, v, t))
  const k = free < schedule.board.seats[v]!.minSteps ? 0 : free
  if (k < steps && isUnforeseen(schedule, v, t, k)) work.cut.push(t * amounts.network.seats + i)
  setSteps(schedule, v, t, k)
  told(work, i, t)
  return k
}

/** Who needs every slot comes first, then who is at full power: only others give way to whole steps. Among these the higher priority. */
const inTurn = ({ amounts, rank }: Settling, here: number[], t: number): number[] => {
  const { network, given, most } = amounts
  const { slots } = network
  const [urgent, full, others]: [number[], number[], number[]] = [[], [], []]
  for (let x = 0; x < here.length; x += 1) {
    const i = here[x]!
    const all = most[i * slots + t]!
    const isUrgent = roomLater(amounts, i, t, all * URGENT) < all * URGENT
    const turn = isUrgent ? urgent : given[i * slots + t]! > all - NOTHING ? full : others
    turn.push(i)
  }
  if (rank) for (const turn of [urgent, full, others]) turn.sort((a, b) => rank[b]! - rank[a]!)
  return urgent.concat(full, others)
}

/** Is it something that the flow does not know which keeps the seat from more than `steps`: a phase, or what the envelope keeps for another port? */
const isUnforeseen = ({ board, amps, cells }: Schedule, v: number, t: number, steps: number): boolean => {
  if (board.hasReserves) return true
  const { lines, port, minSteps } = board.seats[v]!
  const more = (Math.max(steps + 1, minSteps) - cells[v * board.slots + t]!) * port.stepMa
  for (let i = 0; i < lines.length; i += 1) if (amps[lines[i]! * board.slots + t]! < more) return true
  return false
}

/** Lowers those who have more than their minimum until `i` has room for its own; what they lose comes in the place of what `i` has later. */
const makeRoom = (work: Settling, done: number[], i: number, t: number): boolean => {
  const { schedule, amounts, unitW, leastW, changes } = work
  const { network, given, ahead, debt } = amounts
  const { slots, boardSeat } = network
  const v = boardSeat[i]!
  const { minSteps, spanMs } = schedule.board.seats[v]!
  const at = i * slots + t
  const least = leastW[i]! * spanMs[t]!
  if (ahead[i]! + debt[i]! < least * WORTH_A_VISIT) return false
  const isEnough = () => least - given[at]! <= Math.max(NOTHING, roomAt(amounts, i, t)) && stepsFree(schedule, v, t) >= minSteps
  if (isEnough()) return true
  let most = 0
  for (let x = 0; x < done.length; x += 1) most = Math.max(most, changes[done[x]!]! >> 2)
  // who has had few changes first, of those the last
  let tried = 0
  for (let few = 0; few <= most; few += 1)
    for (let x = done.length - 1; x >= 0; x -= 1) {
      const j = done[x]!
      if (changes[j]! >> 2 !== few) continue
      const u = boardSeat[j]!
      const seat = schedule.board.seats[u]!
      if (!canGiveWay(seat.port, changes[j]!)) continue
      if (tried === VAIN) return false
      tried += 1
      const unit = unitW[j]! * seat.spanMs[t]!
      const spare = given[j * slots + t]! - seat.minSteps * unit
      const lacks = least - given[at]!
      if (spare < unit) continue
      if (lacks > NOTHING) trade(amounts, i, j, t, Math.min(lacks, spare))
      const k = Math.floor(given[j * slots + t]! / unit + EVEN)
      if (k < schedule.steps[u]![t]!) setSteps(schedule, u, t, k)
      told(work, j, t)
      if (isEnough()) return true
    }
  return false
}

/** What `i` has in slot `t` goes to `j`, which is charging at less than its most. */
const giveOver = (work: Settling, i: number, j: number, t: number): void => {
  const { schedule, amounts, unitW } = work
  const { given, most, network } = amounts
  const { slots, boardSeat } = network
  const u = boardSeat[j]!
  const { spanMs } = schedule.board.seats[u]!
  const moved = trade(amounts, j, i, t, Math.min(given[i * slots + t]!, most[j * slots + t]! - given[j * slots + t]!))
  if (moved <= NOTHING) return
  const k = Math.min(stepsFree(schedule, u, t), Math.round(given[j * slots + t]! / spanMs[t]! / unitW[j]!))
  if (k > schedule.steps[u]![t]!) setSteps(schedule, u, t, k)
  told(work, j, t)
}

/** The flow is told what the seat's steps give it in this slot. */
const told = ({ schedule, amounts }: Settling, i: number, t: number): void => {
  const v = amounts.network.boardSeat[i]!
  const { stepW, spanMs } = schedule.board.seats[v]!
  setEnergy(amounts, i, t, stepW[schedule.steps[v]![t]!]! * spanMs[t]!)
}
