import { inOrderOfNeed } from './blocks.ts'
import { type Board, WH } from './board.ts'
import { sunkDemandMicro } from './cost.ts'
import { fits } from './few-periods.ts'
import { addEnergy, fillOwn } from './fill.ts'
import type { Relaxed } from './flow/relax.ts'
import { isFree } from './in-blocks.ts'
import { layBest, topUp } from './keep.ts'
import type { Merit } from './merit.ts'
import { canGiveWay, periodCount, withFewPeriods } from './periods.ts'
import { exchange } from './place/exchange.ts'
import { keepTo, keepToOwn } from './place/keep-to.ts'
import { withinPeriods } from './place/settled.ts'
import { trim } from './place/trim.ts'
import { isReady } from './ready.ts'
import { emptySchedule, energyOf, lackingOf, type Schedule } from './schedule.ts'
import { allReady, blocksOf, missingBy, needScore, rankOf } from './score.ts'

// A large depot's plan goes on after an event that touches few of its vehicles: all others keep what they have, and the optimum of the new question
// proves how good that is. Placing a thousand vehicles anew takes longer, and moves them all.

/** Where more than this part of what the optimum gives has no place any more, the last plan is no beginning. */
const MUCH = 0.02
/** Where not all can be ready, what is missing may be so much more than the optimum misses: this part of all energy. */
const NEGLIGIBLE = 0.0001
/** By how much the peaks of the optimum are raised for what is lacking, tried in turn. */
const RAISES = [0, 0.0005, 0.001, 0.002, 0.004, 0.01]
/** Cells that may be looked at for moves, in all: who looks at more might as well plan anew. */
const CELLS = 40_000
/** A plan goes on as it is while it is proven to be as good as the one before, or as this. */
export const GOOD = 0.002

/**
 * The last plan (`rows`: steps by seat), trimmed to what is allowed now, with what is lacking then found beside it and by moves of few; undefined
 * where the question is too different, or somebody would lack what the optimum has for it.
 */
export const carriedOn = (board: Board, merit: Merit, rows: number[][], relaxed: Relaxed): Schedule | undefined => {
  const { network, wanted: most, peaks } = relaxed
  const wanted = new Float64Array(board.seats.length)
  for (let i = 0; i < network.seats; i += 1) wanted[network.boardSeat[i]!] = most[i]!
  const all = wanted.reduce((sum, energy) => sum + energy, 0)
  let schedule = keepTo(emptySchedule(board), peaks, RAISES[1]!)
  const order = inOrderOfNeed(schedule)
  for (const v of order) layBest(schedule, v, rows[v]!, merit)
  // what a lower limit cut to pieces
  withFewPeriods(schedule)
  const lacking = () => order.filter((v) => lackingOf(schedule, v, wanted[v]!) > 0)
  const lackedBy = (late: number[]) => late.reduce((sum, v) => sum + lackingOf(schedule, v, wanted[v]!), 0)
  let late = lacking()
  if (lackedBy(late) > all * MUCH) return undefined
  for (const v of late) if (!isFree(board.seats[v]!)) topUp(schedule, v, merit)
  for (const v of order) if (isFree(board.seats[v]!)) withinPeriods(schedule, v, () => trim(schedule, v, board.seats[v]!.target, merit.of))
  const own = keepToOwn(schedule)
  const budget = { cells: CELLS }
  for (const raise of RAISES) {
    late = lacking().filter((v) => isFree(board.seats[v]!))
    if (late.length === 0) break
    // under the peaks that it makes already, then under slightly higher ones
    schedule = raise === 0 ? { ...schedule, siteW: own.siteW.slice() } : keepTo(schedule, peaks, raise)
    for (const v of late) {
      withinPeriods(schedule, v, () => fillOwn(schedule, v, wanted[v]!, merit.of))
      for (const slots of merit.levels) withinPeriods(schedule, v, () => addEnergy(schedule, v, wanted[v]! - energyOf(schedule, v), slots))
    }
    const still = late.filter((v) => lackingOf(schedule, v, wanted[v]!) > 0)
    const spare = board.seats.map(({ port }, v) => canGiveWay(port, periodCount(schedule.steps[v]!)))
    const mayMove = (v: number) => isFree(board.seats[v]!) && spare[v]!
    if (still.length > 0) exchange(schedule, { seats: still, wanted, price: merit.of, budget, mayMove })
  }
  const isPaused = board.seats.some(({ need }, v) => !need.mayPause && blocksOf(schedule.steps[v]!) > 1)
  return isPaused || !fits(schedule) || !isAllThere(schedule, wanted) ? undefined : keepToOwn(schedule)
}

/** Misses no rank more than the optimum does, but for what is negligible, and are not more late than there or in the last plan? Who of them is late may be another one. */
export const isAllThere = (schedule: Schedule, wanted: Float64Array): boolean => {
  const { seats } = schedule.board
  if (seats.every(({ target }, v) => wanted[v]! >= target)) return allReady(schedule)
  const negligible = seats.reduce((sum, { target }) => sum + target, 0) * NEGLIGIBLE
  const lost = new Map<number, { energy: number; late: number; lateThere: number; lateBefore: number }>()
  const missing = missingBy(schedule)
  const before = new Set(
    schedule.board.input.previous?.shortfalls.filter(({ missingWh }) => !isReady(missingWh * WH)).map(({ vehicle }) => vehicle),
  )
  seats.forEach((seat, v) => {
    const least = Math.max(0, seat.target - wanted[v]!) * seat.need.efficiency
    const of = lost.get(rankOf(seat)) ?? { energy: 0, late: 0, lateThere: 0, lateBefore: 0 }
    of.energy += missing[v]! - least
    of.late += Number(!isReady(missing[v]!))
    of.lateThere += Number(!isReady(least))
    of.lateBefore += Number(before.has(seat.need.id))
    lost.set(rankOf(seat), of)
  })
  // what a higher rank has more than it must no lower one may miss
  let [more, late] = [0, 0]
  for (const rank of [...lost.keys()].sort((a, b) => b - a)) {
    const of = lost.get(rank)!
    more = Math.max(0, more) + of.energy
    late = Math.max(0, late) + of.late - Math.max(of.lateThere, of.lateBefore)
    if (more > negligible || late > 0) return false
  }
  return true
}

/** The last plan may be this much worse than a new one (part of its cost): nothing is turned over for less. A safe plan's own gap proves next to nothing. */
export const KEEP_TOLERANCE = 0.02

/** Is it proven to be good, or as good as the plan before and bearable? */
export const isGoodStill = (schedule: Schedule, merit: Merit, { boundMicro }: Pick<Relaxed, 'boundMicro'>): boolean => {
  const { policy, previous } = schedule.board.input
  if (policy === 'readyFirst') return true
  const cost = needScore(schedule, merit)
  const decided = cost - (policy === 'cheapest' ? sunkDemandMicro(schedule) : 0)
  return decided - boundMicro <= Math.abs(cost) * Math.max(GOOD, policy === 'cheapest' ? Math.min(KEEP_TOLERANCE, previous?.gap ?? 0) : 0)
}
