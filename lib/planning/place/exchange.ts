import type { Board } from '../board.ts'
import { missingOf, type Schedule, stepsFree } from '../schedule.ts'
import { rankOf } from '../score.ts'
import { besides, hasAll, moreThan } from './give-way.ts'
import { counts, inTheWay, type Ways, waysOf } from './in-the-way.ts'
import { lacks, move } from './moves.ts'

// What is missing is found along augmenting paths, in whole steps: a vehicle takes the place of another one, which takes the place of a third,
// until one of them finds a place that is free.

/** Cells (a vehicle in a slot) that may be looked at: bounded by work, never by the clock. */
export type Budget = { cells: number }
const CELLS = 250_000
const CELLS_OF_MANY = 60_000
/** Seats × slots that are many. */
const MANY = 30_000
export const budgetFor = ({ seats, slots }: Board): Budget => ({ cells: seats.length * slots > MANY ? CELLS_OF_MANY : CELLS })

/** Tries for one vehicle that brought nothing. */
const VAIN = 24

type Asked = {
  seats: number[]
  /** What each seat of the board is to have, W·ms. */
  wanted: ArrayLike<number>
  price: ArrayLike<number>
  budget: Budget
  mayMove: (u: number) => boolean
  /** Only what costs less is free, and nobody is late in the place of another one. */
  below?: number
}

export type Search = {
  wanted: ArrayLike<number>
  schedule: Schedule
  under: Ways
  /** The round in which those seats were asked: `asked[way * slots + t]`. */
  asked: Int32Array
  seen: Int32Array
  round: number
  /** Who wants the seat's place, and in which slot. */
  from: Int32Array
  at: Int32Array
  price: ArrayLike<number>
  /** 1 = may be moved. */
  mayMove: Uint8Array
  budget: Budget
  below: number
  /** Moves made so far; and by goal who leads nowhere: nobody asks them again until something has moved. */
  moves: number
  nowhere: Map<string, Nowhere>
  /** Has the seat all its periods in use? Known as of so many moves. */
  full: Uint8Array
  fullAt: Int32Array
}

/** By seat: after so many moves it led nowhere; to nobody who could be late in the place of one who lacks so much, W·ms. */
type Nowhere = { at: Int32Array; lacking: Float64Array }

/**
 * Brings each of `seats` as near to what it is to have as moves of others allow; nobody else of its priority or above who is not late anyway ends up with
 * less than that.
 */
export const exchange = (schedule: Schedule, { seats, wanted, price, budget, mayMove, below = Number.POSITIVE_INFINITY }: Asked): void => {
  const { board } = schedule
  const under = waysOf(board)
  const search: Search = {
    schedule,
    wanted,
    under,
    asked: new Int32Array(under.length * board.slots),
    seen: new Int32Array(board.seats.length),
    round: 0,
    from: new Int32Array(board.seats.length),
    at: new Int32Array(board.seats.length),
    price,
    mayMove: Uint8Array.from(board.seats, (_, u) => (mayMove(u) ? 1 : 0)),
    budget,
    below,
    moves: 1,
    nowhere: new Map(),
    full: new Uint8Array(board.seats.length),
    fullAt: new Int32Array(board.seats.length),
  }
  for (const v of seats) serve(search, v)
}

const serve = (search: Search, v: number): void => {
  let vain = 0
  let missing = lacks(search, v)
  while (missing > 0 && vain < VAIN && search.budget.cells > 0) {
    let found = false
    for (const { goal, slots } of freeSlots(search, v)) {
      found = augment(search, v, { slots, unserved: 0, nowhere: nowhereFor(search, goal) })
      if (found) break
    }
    // nothing is free: whoever comes after it by priority gives way, or is late already
    if (!found && search.below === Number.POSITIVE_INFINITY) {
      const nowhere = nowhereFor(search, `rank ${rankOf(search.schedule.board.seats[v]!)}`)
      found = augment(search, v, { slots: [], unserved: missing, nowhere })
    }
    if (!found) return
    search.moves += 1
    const now = lacks(search, v)
    if (now >= missing) vain += 1
    missing = now
  }
}

/** Slots in which the site has room for somebody, the cheapest together first. */
const freeSlots = ({ schedule, price, below }: Search, v: number): { goal: string; slots: number[] }[] => {
  const { board, siteW, room } = schedule
  const root = board.seats[v]!.path.at(-1)!
  const least = board.seats[v]!.stepW[1] ?? 1
  const of = new Map<number, number[]>()
  for (let t = 0; t < board.slots; t += 1) {
    if (price[t]! >= below || siteW[t]! < least || (room[root]![t]! < least && !board.hasReserves)) continue
    const slots = of.get(price[t]!)
    if (slots) slots.push(t)
    else of.set(price[t]!, [t])
  }
  return [...of].sort(([a], [b]) => a - b).map(([at, slots]) => ({ goal: `${at} ${least} ${root}`, slots }))
}

const nowhereFor = ({ nowhere, schedule }: Search, goal: string): Nowhere => {
  const known = nowhere.get(goal)
  if (known) return known
  const seats = schedule.board.seats.length
  const none = { at: new Int32Array(seats), lacking: new Float64Array(seats) }
  nowhere.set(goal, none)
  return none
}

type Goal = { slots: number[]; unserved: number; nowhere: Nowhere }

/** One path from `v` to a free place in `slots`, or (`unserved`: what `v` lacks) to a vehicle that can rather be late, and its moves made. */
const augment = (search: Search, v: number, { slots, unserved, nowhere }: Goal): boolean => {
  const { schedule, under, seen, asked, from, at, budget, moves, mayMove } = search
  const { seats } = schedule.board
  const leadsNowhere = (u: number) => nowhere.at[u] === moves && nowhere.lacking[u]! <= unserved
  if (leadsNowhere(v)) return false
  search.round += 1
  const { round } = search
  const queue = [v]
  seen[v] = round
  from[v] = -1
  let tries = 0
  /** Goes on in a free place, if there is one for it. */
  const ends = (u: number): boolean => {
    const seat = seats[u]!
    const row = schedule.steps[u]!
    for (const t of slots) {
      if (seat.spanMs[t] === 0 || row[t]! >= seat.maxSteps) continue
      budget.cells -= 1
      if (stepsFree(schedule, u, t) < moreThan(seat, row[t]!)) continue
      if (move(search, u, t, slots)) return true
      tries += 1
      return false
    }
    return false
  }
  if (ends(v)) return true
  for (let head = 0; head < queue.length; head += 1) {
    const u = queue[head]!
    const seat = seats[u]!
    const row = schedule.steps[u]!
    const isFull = isFullNow(search, u)
    for (let t = 0; t < row.length; t += 1) {
      if (seat.spanMs[t] === 0 || row[t]! >= seat.maxSteps) continue
      if (isFull && besides(schedule, u, t) === 0) continue
      budget.cells -= 1
      const way = inTheWay(schedule, under, u, t)
      if (way < 0 || asked[way * row.length + t] === round) continue
      asked[way * row.length + t] = round
      const others = under[way]!
      for (let i = 0; i < others.length; i += 1) {
        const w = others[i]!
        if (seen[w] === round || mayMove[w] === 0 || leadsNowhere(w) || !counts(schedule, under, w, t, way)) continue
        budget.cells -= 1
        seen[w] = round
        from[w] = u
        at[w] = t
        queue.push(w)
        if (ends(w)) return true
        if (tries >= VAIN || budget.cells <= 0) return false
        if (unserved === 0 || !canBeLate(search, w, v, unserved)) continue
        if (move(search, w, -1)) return true
        tries += 1
        if (tries >= VAIN) return false
      }
    }
    if (budget.cells <= 0) return false
  }
  // all whom they reach were asked, and could not for anybody; `v` itself, which was not, could not be late for another one either
  if (tries === 0 && (unserved === 0 || missingOf(schedule, v) <= unserved))
    for (const u of queue) {
      nowhere.at[u] = moves
      nowhere.lacking[u] = unserved
    }
  return false
}

const isFullNow = ({ schedule, full, fullAt, moves }: Search, u: number): boolean => {
  if (fullAt[u] !== moves) {
    full[u] = hasAll(schedule, u) ? 1 : 0
    fullAt[u] = moves
  }
  return full[u] === 1
}

/** Of lower priority; or of the same, and late already by more. */
const canBeLate = ({ schedule }: Search, w: number, v: number, missing: number): boolean => {
  const [other, own] = [rankOf(schedule.board.seats[w]!), rankOf(schedule.board.seats[v]!)]
  return other < own || (other === own && missingOf(schedule, w) > missing)
}
