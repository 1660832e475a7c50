import type { Flow } from '../flow/max-flow.ts'
import { canGiveWay } from '../periods.ts'
import { type Schedule, setSteps, stepsFree } from '../schedule.ts'
import { rankOf } from '../score.ts'
import { fillRest } from './fill-rest.ts'
import { fullest, linesOf } from './lines.ts'
import { type Amounts, amountsOf, NOTHING, pull, roomAt, roomLater, setEnergy, trade } from './trades.ts'
import { unload, unloadAll } from './unload.ts'

// Slot after slot the optimum is made what chargers can do: whole steps, 0 or at least the minimum, whoever charges goes on. What one vehicle
// takes now another one takes later in its place, so that slots keep their sums, vehicles their energy and the plan its cost.

/** Charging already: before all others. At less than full power: after those at full power, else all would take turns in it. */
const GOES_ON = -2e15
const PARTLY = -1e15
/** With room for less than so many slots of full power later a vehicle cannot wait. */
const URGENT = 2
/** Less than this part of the least that a slot can give is no visit worth. */
const WORTH_A_VISIT = 0.1
/** Whole but for what numbers lose. */
const EVEN = 1e-3
/** So many others are asked in vain for one vehicle in one slot. */
const VAIN = 12

const NOBODY: ReadonlySet<number> = new Set()

type Settling = {
  schedule: Schedule
  amounts: Amounts
  /** Periods so far. */
  changes: Int32Array
  cut: number[]
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
  const { network, given, most, ahead, debt } = amounts
  const { seats, slots, boardSeat, from, until } = network
  const work: Settling = { schedule, amounts, changes: new Int32Array(seats), cut: [] }
  const key = new Float64Array(seats)
  const latest = Float64Array.from(boardSeat, (v, i) => {
    const { need, stepW, maxSteps } = schedule.board.seats[v]!
    return need.departs - ahead[i]! / (stepW[maxSteps] || 1)
  })
  const rows = Array.from(boardSeat, (v) => schedule.steps[v]!)
  const fullSteps = Int32Array.from(boardSeat, (v) => schedule.board.seats[v]!.maxSteps)
  const mostChanges = Float64Array.from(boardSeat, (v) => schedule.board.seats[v]!.port.maxPeriods)
  const isRestless = Uint8Array.from(boardSeat, (v) => (restless.has(v) ? 1 : 0))
  for (let t = 0; t < end; t += 1) {
    const here: number[] = []
    for (let i = 0; i < seats; i += 1) {
      if (t < from[i]! || t >= until[i]!) continue
      const was = t > 0 ? rows[i]![t - 1]! : 0
      const at = i * slots + t
      if (given[at]! <= 0 && (was === 0 || ahead[i]! + debt[i]! <= NOTHING)) continue
      if (most[at] === 0) continue
      if (t > 1 && was !== rows[i]![t - 2]) work.changes[i]! += 1
      if (isRestless[i] === 1) work.changes[i] = mostChanges[i]!
      const isCalm = work.changes[i]! * 2 < mostChanges[i]!
      key[i] = latest[i]! + (was === 0 ? 0 : was === fullSteps[i] || !isCalm ? GOES_ON : PARTLY)
      here.push(i)
    }
    if (here.length === 0) continue
    if (lines && here.some((i) => fullest(lines, i, t) >= 0)) {
      here.sort((a, b) => key[a]! - key[b]! || a - b)
      for (const u of unload(amounts, lines, here, t))
        if (!here.includes(u)) {
          key[u] = latest[u]!
          here.push(u)
        }
    }
    here.sort((a, b) => key[a]! - key[b]! || a - b)
    gather(work, here, t)
    inSteps(work, here, t)
    fillRest(schedule, amounts, here, t)
    for (const i of here) ahead[i]! -= given[i * slots + t]!
  }
  return work.cut
}

/** Those who come first in `here` get all they can take in this slot, from those who come last. */
const gather = ({ schedule, amounts }: Settling, here: number[], t: number): void => {
  const { network, given, most, ahead } = amounts
  const { slots, boardSeat } = network
  let last = here.length - 1
  for (let x = 0; x < here.length; x += 1) {
    const at = here[x]! * slots + t
    const { stepW, minSteps } = schedule.board.seats[boardSeat[here[x]!]!]!
    const left = ahead[here[x]!]!
    const least = stepW[minSteps]! * schedule.board.slotMs
    // a rest that no slot can give is not left over
    const full = left > most[at]! && left - most[at]! < least ? Math.max(left - least, least) : Math.min(most[at]!, left)
    for (let y = last; y > x && given[at]! > full + NOTHING; y -= 1) trade(amounts, here[y]!, here[x]!, t, given[at]! - full)
    if (given[at]! >= full - NOTHING) continue
    pull(amounts, here[x]!, t, full - given[at]!)
    let vain = 0
    for (let y = last; y > x && given[at]! < full - NOTHING && vain < VAIN; y -= 1) {
      if (given[here[y]! * slots + t]! <= 0) {
        if (y === last) last -= 1
        continue
      }
      if (trade(amounts, here[x]!, here[y]!, t, full - given[at]!) <= 0) vain += 1
    }
  }
}

/** Whole steps for everybody in this slot. */
const inSteps = (work: Settling, here: number[], t: number): void => {
  const { schedule, amounts } = work
  const { network, given, most, debt } = amounts
  const { seats, slots, boardSeat } = network
  const done: number[] = []
  const set = (i: number, steps: number) => {
    const seat = schedule.board.seats[boardSeat[i]!]!
    const free = Math.min(steps, stepsFree(schedule, boardSeat[i]!, t))
    const k = free < seat.minSteps ? 0 : free
    if (k < steps && isUnforeseen(schedule, boardSeat[i]!, t, k)) work.cut.push(t * seats + i)
    setSteps(schedule, boardSeat[i]!, t, k)
    told(work, i, t)
    if (k > 0) done.push(i)
  }
  const order = inTurn(work, here, t)
  for (const [x, i] of order.entries()) {
    if (given[i * slots + t]! <= 0) continue
    const { stepW, spanMs, minSteps, maxSteps } = schedule.board.seats[boardSeat[i]!]!
    const unit = spanMs[t]! * (stepW[maxSteps]! / maxSteps)
    // under the minimum: more of those who come last and are not at full power either
    for (let y = order.length - 1; y > x && given[i * slots + t]! < minSteps * unit - NOTHING; y -= 1) {
      const at = order[y]! * slots + t
      if (given[at]! > 0 && given[at]! < most[at]! - NOTHING) trade(amounts, i, order[y]!, t, minSteps * unit - given[i * slots + t]!)
    }
    const exact = given[i * slots + t]! / unit
    const nearest = Math.round(exact + Math.min(0.5, debt[i]! / unit))
    const isWorth = exact > WORTH_A_VISIT * minSteps
    // still under it: room is made by those who have more, or it is given to them
    if (isWorth && makeRoom(work, done, i, t)) set(i, Math.min(maxSteps, Math.max(nearest, minSteps)))
    else {
      if (isWorth && isUnforeseen(schedule, boardSeat[i]!, t, 0)) work.cut.push(t * seats + i)
      for (const j of done) {
        if (given[i * slots + t]! <= NOTHING) break
        if (given[j * slots + t]! < most[j * slots + t]! - NOTHING) giveOver(work, i, j, t)
      }
      set(i, 0)
    }
  }
}

/** Who needs every slot comes first, then who is at full power: only others give way to whole steps. Among these the higher priority. */
const inTurn = ({ schedule, amounts }: Settling, here: number[], t: number): number[] => {
  const { network, given, most } = amounts
  const { slots, boardSeat } = network
  const turns: [number[], number[], number[]] = [[], [], []]
  for (const i of here) {
    const full = most[i * slots + t]!
    const isUrgent = roomLater(amounts, i, t, full * URGENT) < full * URGENT
    turns[isUrgent ? 0 : given[i * slots + t]! > full - NOTHING ? 1 : 2].push(i)
  }
  const rank = (i: number) => rankOf(schedule.board.seats[boardSeat[i]!]!)
  return turns.flatMap((turn) => turn.sort((a, b) => rank(b) - rank(a)))
}

/** Is it something that the flow does not know which keeps the seat from more than `steps`: a phase, or what the envelope keeps for another port? */
const isUnforeseen = ({ board, roomMa, steps: rows }: Schedule, v: number, t: number, steps: number): boolean => {
  if (board.hasReserves) return true
  const { path, usedPhases, port, minSteps } = board.seats[v]!
  const more = (Math.max(steps + 1, minSteps) - rows[v]![t]!) * port.stepMa
  return path.some((n) => roomMa[n] !== undefined && usedPhases.some((phase) => roomMa[n]![phase][t]! < more))
}

/** Lowers those who have more than their minimum until `i` has room for its own; what they lose comes in the place of what `i` has later. */
const makeRoom = (work: Settling, done: number[], i: number, t: number): boolean => {
  const { schedule, amounts } = work
  const { network, given, ahead, debt } = amounts
  const { slots, boardSeat } = network
  const v = boardSeat[i]!
  const { stepW, minSteps, spanMs } = schedule.board.seats[v]!
  const least = stepW[minSteps]! * spanMs[t]!
  if (ahead[i]! + debt[i]! < least * WORTH_A_VISIT) return false
  const isEnough = () => least - given[i * slots + t]! <= Math.max(NOTHING, roomAt(amounts, i, t)) && stepsFree(schedule, v, t) >= minSteps
  if (isEnough()) return true
  let most = 0
  for (const j of done) most = Math.max(most, work.changes[j]! >> 2)
  // who has had few changes first, of those the last
  let tried = 0
  for (let few = 0; few <= most; few += 1)
    for (let x = done.length - 1; x >= 0; x -= 1) {
      const j = done[x]!
      const seat = schedule.board.seats[boardSeat[j]!]!
      if (work.changes[j]! >> 2 !== few || !canGiveWay(seat.port, work.changes[j]!)) continue
      if (tried === VAIN) return false
      tried += 1
      const unit = (seat.stepW[seat.maxSteps]! / seat.maxSteps) * seat.spanMs[t]!
      const spare = given[j * slots + t]! - seat.minSteps * unit
      const lacks = least - given[i * slots + t]!
      if (spare < unit) continue
      if (lacks > NOTHING) trade(amounts, i, j, t, Math.min(lacks, spare))
      const k = Math.floor(given[j * slots + t]! / unit + EVEN)
      if (k < schedule.steps[boardSeat[j]!]![t]!) setSteps(schedule, boardSeat[j]!, t, k)
      told(work, j, t)
      if (isEnough()) return true
    }
  return false
}

/** What `i` has in slot `t` goes to `j`, which is charging at less than its most. */
const giveOver = (work: Settling, i: number, j: number, t: number): void => {
  const { schedule, amounts } = work
  const { given, most, network } = amounts
  const { slots, boardSeat } = network
  const u = boardSeat[j]!
  const { stepW, maxSteps, spanMs } = schedule.board.seats[u]!
  const moved = trade(amounts, j, i, t, Math.min(given[i * slots + t]!, most[j * slots + t]! - given[j * slots + t]!))
  if (moved <= NOTHING) return
  const k = Math.min(stepsFree(schedule, u, t), Math.round(given[j * slots + t]! / spanMs[t]! / (stepW[maxSteps]! / maxSteps)))
  if (k > schedule.steps[u]![t]!) setSteps(schedule, u, t, k)
  told(work, j, t)
}

/** The flow is told what the seat's steps give it in this slot. */
const told = ({ schedule, amounts }: Settling, i: number, t: number): void => {
  const v = amounts.network.boardSeat[i]!
  const { stepW, spanMs } = schedule.board.seats[v]!
  setEnergy(amounts, i, t, stepW[schedule.steps[v]![t]!]! * spanMs[t]!)
}
