import type { Seat } from '../board.ts'
import type { Flow } from '../flow/max-flow.ts'
import { type Schedule, setSteps, stepsFree } from '../schedule.ts'

// Slot after slot the optimum is made what chargers can do: whole steps, 0 or at least the minimum, whoever charges goes on. What one vehicle
// takes now another one takes later in its place, so that slots keep their sums, vehicles their energy and the plan its cost.

/** Charging already: before all others. At less than full power: after those at full power, else all would take turns in it. */
const GOES_ON = -2e15
const PARTLY = -1e15
/** Periods that a vehicle must have left to make room for others. */
const SPARE_PERIODS = 4
/** With room for less than so many slots of full power later a vehicle cannot wait. */
const URGENT = 2
/** Less than this part of the least that a slot can give is no visit worth. */
const WORTH_A_VISIT = 0.3
/** Amounts under this are none, W·ms. */
const NOTHING = 1e6

export type Settled = {
  schedule: Schedule
  flow: Flow
  price: ArrayLike<number>
  /** Energy still to come by seat of the network, in the flow from the slot under way on; and what no slot has for it. */
  ahead: Float64Array
  debt: Float64Array
  /** Periods so far. */
  changes: Int32Array
  cut: number[]
}

/**
 * Makes `flow` (the optimum of these seats on the plan's own slots, used up by it) a schedule; what it cannot place is left out. Answers the
 * cells (`t * seats + i`) in which a phase was full that the flow does not know.
 */
export const settle = (schedule: Schedule, flow: Flow, price: ArrayLike<number>): number[] => {
  const { network, given } = flow
  const { seats, slots, boardSeat, from, until, most } = network
  const ahead = new Float64Array(seats)
  for (let t = 0; t < slots; t += 1) for (let i = 0; i < seats; i += 1) ahead[i]! += given[t * seats + i]!
  const work: Settled = { schedule, flow, price, ahead, debt: new Float64Array(seats), changes: new Int32Array(seats), cut: [] }
  const key = new Float64Array(seats)
  const latest = Float64Array.from(boardSeat, (v, i) => {
    const { need, stepW, maxSteps } = schedule.board.seats[v]!
    return need.departs - ahead[i]! / (stepW[maxSteps] || 1)
  })
  for (let t = 0; t < slots; t += 1) {
    const here: number[] = []
    for (let i = 0; i < seats; i += 1) {
      if (t < from[i]! || t >= until[i]! || most[t * seats + i] === 0) continue
      const v = boardSeat[i]!
      const was = t > 0 ? schedule.steps[v]![t - 1]! : 0
      if (given[t * seats + i]! <= 0 && (was === 0 || ahead[i]! + work.debt[i]! <= NOTHING)) continue
      const { maxSteps, port } = schedule.board.seats[v]!
      const before = t > 1 ? schedule.steps[v]![t - 2]! : 0
      if (was !== before) work.changes[i]! += 1
      const isCalm = work.changes[i]! * 2 < port.maxPeriods
      key[i] = latest[i]! + (was === 0 ? 0 : was === maxSteps || !isCalm ? GOES_ON : PARTLY)
      here.push(i)
    }
    if (here.length === 0) continue
    here.sort((a, b) => key[a]! - key[b]! || a - b)
    gather(work, here, t)
    inSteps(work, here, t)
    for (const i of here) ahead[i]! -= given[t * seats + i]!
  }
  return work.cut
}

/** Those who come first in `here` get all they can take in this slot, from those who come last. */
const gather = (work: Settled, here: number[], t: number): void => {
  const { flow, ahead } = work
  const { network, given } = flow
  const { seats, most } = network
  let last = here.length - 1
  for (let x = 0; x < here.length; x += 1) {
    const i = here[x]!
    const full = Math.min(most[t * seats + i]!, ahead[i]!)
    if (given[t * seats + i]! < full) pull(work, i, t, full - given[t * seats + i]!)
    for (let y = last; y > x && given[t * seats + i]! < full - NOTHING; y -= 1) {
      const j = here[y]!
      if (given[t * seats + j]! <= 0) {
        if (y === last) last -= 1
        continue
      }
      trade(work, i, j, t, full - given[t * seats + i]!)
    }
  }
}

/** Whole steps for everybody in this slot. */
const inSteps = (work: Settled, here: number[], t: number): void => {
  const { schedule, flow, debt } = work
  const { network, given } = flow
  const { seats, boardSeat } = network
  const done: number[] = []
  const set = (i: number, steps: number) => {
    const seat = schedule.board.seats[boardSeat[i]!]!
    const most = Math.min(steps, stepsFree(schedule, boardSeat[i]!, t))
    const k = most < seat.minSteps ? 0 : most
    if (k < steps && isUnforeseen(schedule, boardSeat[i]!, t, k)) work.cut.push(t * seats + i)
    setSteps(schedule, boardSeat[i]!, t, k)
    settleEnergy(work, i, t)
    if (k > 0) done.push(i)
  }
  const isFull = (i: number) => given[t * seats + i]! > network.most[t * seats + i]! - NOTHING
  // who needs every slot comes first; only who is not at full power gives way to whole steps
  const turn = here.map((i) => {
    const full = network.most[t * seats + i]!
    return roomLater(flow, i, t, full * URGENT) < full * URGENT ? 0 : isFull(i) ? 1 : 2
  })
  const rank = (i: number) => rankOf(schedule.board.seats[boardSeat[i]!]!)
  for (const i of [0, 1, 2].flatMap((which) => here.filter((_, x) => turn[x] === which).sort((a, b) => rank(b) - rank(a)))) {
    const energy = given[t * seats + i]!
    if (energy <= 0) continue
    const { stepW, spanMs, minSteps, maxSteps } = schedule.board.seats[boardSeat[i]!]!
    const exact = energy / spanMs[t]! / (stepW[maxSteps]! / maxSteps)
    const nearest = debt[i]! > 0 ? Math.ceil(exact) : Math.round(exact)
    // under the minimum: room is made by those who have more, or it is given to them
    if (exact > WORTH_A_VISIT * minSteps && makeRoom(work, done, i, t)) set(i, Math.min(maxSteps, Math.max(nearest, minSteps)))
    else {
      if (exact > WORTH_A_VISIT * minSteps && isUnforeseen(schedule, boardSeat[i]!, t, 0)) work.cut.push(t * seats + i)
      for (const j of done) if (given[t * seats + i]! > NOTHING) giveOver(work, i, j, t)
      set(i, 0)
    }
  }
}

const rankOf = ({ need }: Seat): number => (need.chargeFirst ? Number.MAX_VALUE : need.priority)

/** Is it something that the flow does not know which keeps the seat from more than `steps`: a phase, or what the envelope keeps for another port? */
const isUnforeseen = ({ board, roomMa, steps: rows }: Schedule, v: number, t: number, steps: number): boolean => {
  if (board.hasReserves) return true
  const { path, usedPhases, port, minSteps } = board.seats[v]!
  const more = (Math.max(steps + 1, minSteps) - rows[v]![t]!) * port.stepMa
  return path.some((n) => roomMa[n] !== undefined && usedPhases.some((phase) => roomMa[n]![phase][t]! < more))
}

/** Lowers those who have more than their minimum, the last first, until `i` has room for its own; what they lose comes in the place of what `i` has later. */
const makeRoom = (work: Settled, done: number[], i: number, t: number): boolean => {
  const { schedule, flow, ahead } = work
  const { seats, boardSeat } = flow.network
  const v = boardSeat[i]!
  const { stepW, minSteps, spanMs } = schedule.board.seats[v]!
  const least = stepW[minSteps]! * spanMs[t]!
  if (ahead[i]! + work.debt[i]! < least * WORTH_A_VISIT) return false
  // who has had few changes first, of those the last
  const donors = done
    .filter((j) => work.changes[j]! + SPARE_PERIODS <= schedule.board.seats[boardSeat[j]!]!.port.maxPeriods)
    .reverse()
    .sort((a, b) => (work.changes[a]! >> 2) - (work.changes[b]! >> 2))
  for (const j of donors) {
    if (stepsFree(schedule, v, t) >= minSteps) break
    const u = boardSeat[j]!
    const seat = schedule.board.seats[u]!
    const before = schedule.steps[u]![t]!
    let k = before
    while (k > seat.minSteps && stepsFree(schedule, v, t) < minSteps) setSteps(schedule, u, t, --k)
    if (k === before) continue
    const lost = (seat.stepW[before]! - seat.stepW[k]!) * seat.spanMs[t]!
    if (stepsFree(schedule, v, t) < minSteps || roomLater(flow, j, t, lost) < lost) {
      setSteps(schedule, u, t, before)
      continue
    }
    trade(work, i, j, t, Math.max(0, least - flow.given[t * seats + i]!))
    settleEnergy(work, j, t)
  }
  return stepsFree(schedule, v, t) >= minSteps
}

/** What `i` could take more in later slots if others gave way, up to `enough`. */
const roomLater = ({ network, given }: Flow, i: number, t: number, enough: number): number => {
  const { seats, until, most } = network
  let room = 0
  for (let s = t + 1; s < until[i]! && room < enough; s += 1) room += most[s * seats + i]! - given[s * seats + i]!
  return room
}

/** What the seat has in this slot by its steps, in place of what the flow said: the difference comes off later, or is owed. */
const settleEnergy = (work: Settled, i: number, t: number): void => {
  const { schedule, flow } = work
  const { seats, boardSeat } = flow.network
  const { stepW, spanMs } = schedule.board.seats[boardSeat[i]!]!
  const more = stepW[schedule.steps[boardSeat[i]!]![t]!]! * spanMs[t]! - flow.given[t * seats + i]!
  carry(flow, i, t, more)
  if (more > 0) takeOff(work, i, t, more)
  else owe(work, i, t, -more)
}

/** What `i` has in slot `t` goes to `j`, which is charging at less than its most. */
const giveOver = (work: Settled, i: number, j: number, t: number): void => {
  const { schedule, flow } = work
  const { seats, boardSeat, most } = flow.network
  const u = boardSeat[j]!
  const seat = schedule.board.seats[u]!
  if (schedule.steps[u]![t]! >= seat.maxSteps) return
  const before = flow.given[t * seats + j]!
  const moved = trade(work, j, i, t, Math.min(flow.given[t * seats + i]!, most[t * seats + j]! - before))
  if (moved <= NOTHING) return
  const perStep = (seat.stepW[seat.maxSteps]! / seat.maxSteps) * seat.spanMs[t]!
  const k = Math.min(stepsFree(schedule, u, t), Math.round(flow.given[t * seats + j]! / perStep))
  if (k > schedule.steps[u]![t]!) setSteps(schedule, u, t, k)
  settleEnergy(work, j, t)
}

/** `i` takes up to `wants` more in slot `t` from `j`, which takes in later slots what `i` has there. Answers how much that was. */
const trade = ({ flow }: Settled, i: number, j: number, t: number, wants: number): number => {
  const { network, given } = flow
  const { seats, until, most } = network
  const common = sharedBy(flow, i, j)
  let moved = 0
  for (let s = Math.min(until[i]!, until[j]!) - 1; s > t && moved < wants; s -= 1) {
    const has = given[s * seats + i]!
    if (has <= 0) continue
    const free = most[s * seats + j]! - given[s * seats + j]!
    if (free <= 0) continue
    let amount = Math.min(wants - moved, has, free, given[t * seats + j]!, most[t * seats + i]! - given[t * seats + i]!)
    amount = Math.min(amount, roomUpTo(flow, i, t, common), roomUpTo(flow, j, s, common))
    if (amount <= 0) continue
    carry(flow, i, t, amount)
    carry(flow, i, s, -amount)
    carry(flow, j, t, -amount)
    carry(flow, j, s, amount)
    moved += amount
  }
  return moved
}

/** `i` takes up to `wants` more in slot `t` where there is room, from its own later slots that are no cheaper. */
const pull = ({ flow, price }: Settled, i: number, t: number, wants: number): void => {
  const { network, given, site, through } = flow
  const { seats, nodes, until } = network
  let left = Math.min(wants, site[t]! - through[t * nodes]!, roomUpTo(flow, i, t, 0))
  for (let s = until[i]! - 1; s > t && left > 0; s -= 1) {
    if (price[s]! < price[t]!) continue
    const amount = Math.min(left, given[s * seats + i]!)
    if (amount <= 0) continue
    carry(flow, i, t, amount)
    carry(flow, i, s, -amount)
    left -= amount
  }
}

/** `i` has had more than the flow said: it takes less later, where that is dearest. */
const takeOff = ({ flow, ahead, debt, price }: Settled, i: number, t: number, amount: number): void => {
  const { given, network } = flow
  const { seats, until } = network
  let left = amount
  const paid = Math.min(left, debt[i]!)
  debt[i]! -= paid
  ahead[i]! += paid
  left -= paid
  while (left > 0) {
    let best = -1
    for (let s = until[i]! - 1; s > t; s -= 1) if (given[s * seats + i]! > 0 && (best < 0 || price[s]! > price[best]!)) best = s
    if (best < 0) break
    const less = Math.min(left, given[best * seats + i]!)
    carry(flow, i, best, -less)
    left -= less
  }
  ahead[i]! += left
}

/** `i` has had less than the flow said: it takes more later, where there is room at the least price; else it is owed. */
const owe = ({ flow, ahead, debt, price }: Settled, i: number, t: number, amount: number): void => {
  const { given, network, site, through } = flow
  const { seats, nodes, until, most } = network
  let left = amount
  while (left > NOTHING) {
    let best = -1
    let room = 0
    for (let s = t + 1; s < until[i]!; s += 1) {
      if (best >= 0 && price[s]! >= price[best]!) continue
      const free = Math.min(most[s * seats + i]! - given[s * seats + i]!, site[s]! - through[s * nodes]!, roomUpTo(flow, i, s, 0))
      if (free > NOTHING) {
        best = s
        room = free
      }
    }
    if (best < 0) break
    const more = Math.min(left, room)
    carry(flow, i, best, more)
    left -= more
  }
  debt[i]! += left
  ahead[i]! -= left
}

export const debug = {}
const carry = ({ network, given, through }: Flow, i: number, t: number, amount: number): void => {
  const { seats, nodes, leaf, parent } = network
  given[t * seats + i]! += amount
  for (let n = leaf[i]!; n >= 0; n = parent[n]!) through[t * nodes + n]! += amount
}

/** The lowest node that both hang on. */
const sharedBy = ({ network: { leaf, parent } }: Flow, i: number, j: number): number => {
  for (let n = leaf[i]!; n > 0; n = parent[n]!) for (let m = leaf[j]!; m > 0; m = parent[m]!) if (m === n) return n
  return 0
}

/** Room in slot `t` on the way from `i` up to `top`, which is not asked itself. */
const roomUpTo = ({ network, through }: Flow, i: number, t: number, top: number): number => {
  const { nodes, leaf, parent, room } = network
  let free = Number.POSITIVE_INFINITY
  for (let n = leaf[i]!; n !== top && n > 0; n = parent[n]!) free = Math.min(free, room[t * nodes + n]! - through[t * nodes + n]!)
  return free
}
