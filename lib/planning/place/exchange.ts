import type { Board } from '../board.ts'
import { clearSeat, giveRow } from '../fill.ts'
import { fitsPeriods, periodCount } from '../periods.ts'
import { energyOf, lackingOf, missingOf, type Schedule, setSteps, stepsFree, stepsToDeliver } from '../schedule.ts'
import { rankOf } from '../score.ts'
import { besides, gainAt, giveWay, hasAll, moreThan } from './give-way.ts'
import { counts, inTheWay, type Ways, waysOf } from './in-the-way.ts'

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

type Search = {
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
  mayMove: (u: number) => boolean
  budget: Budget
  below: number
}

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
    mayMove,
    budget,
    below,
  }
  for (const v of seats) serve(search, v)
}

const serve = (search: Search, v: number): void => {
  let vain = 0
  let missing = lacks(search, v)
  while (missing > 0 && vain < VAIN && search.budget.cells > 0) {
    const free = freeSlots(search, v)
    let found = false
    for (const slots of free) {
      found = augment(search, v, slots)
      if (found) break
    }
    // nothing is free: whoever comes after it by priority gives way, or is late already
    found ||= search.below === Number.POSITIVE_INFINITY && augment(search, v, [], missing)
    if (!found) return
    const now = lacks(search, v)
    if (now >= missing) vain += 1
    missing = now
  }
}

/** Slots in which the site has room for somebody, the cheapest together first. */
const freeSlots = ({ schedule, price, below }: Search, v: number): number[][] => {
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
  return [...of].sort(([a], [b]) => a - b).map(([, slots]) => slots)
}

/** One path from `v` to a free place in `slots`, or (`unserved`: what `v` lacks) to a vehicle that can rather be late, and its moves made. */
const augment = (search: Search, v: number, slots: number[], unserved = 0): boolean => {
  const { schedule, seen, from, at, budget } = search
  const { seats } = schedule.board
  search.round += 1
  const queue = [v]
  seen[v] = search.round
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
    const isFull = hasAll(schedule, u)
    for (let t = 0; t < row.length; t += 1) {
      if (seat.spanMs[t] === 0 || row[t]! >= seat.maxSteps) continue
      if (isFull && besides(schedule, u, t) === 0) continue
      budget.cells -= 1
      const way = inTheWay(schedule, search.under, u, t)
      if (way < 0 || search.asked[way * row.length + t] === search.round) continue
      search.asked[way * row.length + t] = search.round
      const others = search.under[way]!
      for (let i = 0; i < others.length; i += 1) {
        const w = others[i]!
        if (seen[w] === search.round || !counts(schedule, search.under, w, t, way) || !search.mayMove(w)) continue
        budget.cells -= 1
        seen[w] = search.round
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
  return false
}

/** Makes the moves that lead to `last`, who goes on in slot `free` (none: it has that much less); takes all back where somebody would end up with less than it needs. */
const move = (search: Search, last: number, free: number, others: number[] = []): boolean => {
  const { schedule, from, at, wanted } = search
  const { seats } = schedule.board
  const chain = [last]
  for (let u = last; from[u]! >= 0; u = from[u]!) chain.unshift(from[u]!)
  const rows = chain.map((u) => schedule.steps[u]!.slice())
  const missing = chain.map((u) => lacks(search, u))
  const back = () => {
    // all that was added goes first, so that nothing is over meanwhile
    for (const u of chain) clearSeat(schedule, u)
    for (const [i, u] of chain.entries()) giveRow(schedule, u, rows[i]!)
    return false
  }
  // nobody takes more than the last of them finds elsewhere
  const gains = free < 0 ? Number.POSITIVE_INFINITY : others.reduce((all, t) => all + Math.max(0, gainAt(schedule, last, t)), 0)
  for (let i = 0; i + 1 < chain.length; i += 1) {
    const [u, w] = [chain[i]!, chain[i + 1]!]
    const t = at[w]!
    const { stepW, spanMs, maxSteps } = seats[u]!
    const own = schedule.steps[u]![t]!
    const energy = Math.min(gains, wanted[u]! - energyOf(schedule, u)) + stepW[own]! * spanMs[t]!
    // with all its periods in use a run beside this slot can grow
    const grown = hasAll(schedule, u) ? besides(schedule, u, t) : undefined
    const most = grown ?? Math.max(moreThan(seats[u]!, own), Math.min(maxSteps, stepsToDeliver(seats[u]!, energy, spanMs[t]!)))
    if (most <= own) return back()
    giveWay(schedule, w, t, () => stepsFree(schedule, u, t), most)
    const steps = Math.min(most, stepsFree(schedule, u, t))
    if (steps <= own || (grown !== undefined && steps !== grown)) return back()
    setSteps(schedule, u, t, steps)
  }
  if (free >= 0) for (const t of [free, ...others]) addAt(search, last, t)
  const isLess = (i: number) => lacks(search, chain[i]!) > missing[i]!
  // a port holds no more periods than it has
  for (const [i, u] of chain.entries()) if (!fitsPeriods(schedule, u) && periodCount(rows[i]!) <= seats[u]!.port.maxPeriods) return back()
  for (let i = 1; i < chain.length - (free >= 0 ? 0 : 1); i += 1) if (isLess(i)) return back()
  const gained = missing[0]! - lacks(search, chain[0]!)
  // who is late in the place of an equal one loses no more than that one gains
  const isEqual = free < 0 && rankOf(seats[last]!) === rankOf(seats[chain[0]!]!)
  const lost = isEqual ? lacks(search, last) - missing.at(-1)! : 0
  return gained > 0 && lost <= gained ? true : back()
}

const addAt = ({ schedule, wanted }: Search, v: number, t: number): void => {
  const seat = schedule.board.seats[v]!
  const own = schedule.steps[v]![t]!
  const left = wanted[v]! - energyOf(schedule, v)
  if (left <= 0 || !(seat.spanMs[t]! > 0)) return
  const steps = Math.min(stepsFree(schedule, v, t), stepsToDeliver(seat, left + seat.stepW[own]! * seat.spanMs[t]!, seat.spanMs[t]!))
  if (steps <= own) return
  setSteps(schedule, v, t, steps)
  if (!fitsPeriods(schedule, v)) setSteps(schedule, v, t, own)
}

/** Of lower priority; or of the same, and late already by more. */
const canBeLate = ({ schedule }: Search, w: number, v: number, missing: number): boolean => {
  const [other, own] = [rankOf(schedule.board.seats[w]!), rankOf(schedule.board.seats[v]!)]
  return other < own || (other === own && missingOf(schedule, w) > missing)
}

const lacks = ({ schedule, wanted }: Search, v: number): number => lackingOf(schedule, v, wanted[v]!)
