import type { Board } from './board.ts'
import { sunkDemandMicro } from './cost.ts'
import { fits, inFewPeriods } from './few-periods.ts'
import { type Relaxed, relax } from './flow/relax.ts'
import { inBlocks, isFree, madeUp, madeUpTo, ORDERS } from './in-blocks.ts'
import { type Merit, meritOf, upTo } from './merit.ts'
import { besideReserves } from './place/beside-reserves.ts'
import { guided } from './place/guided.ts'
import { intoReserve } from './place/into-reserve.ts'
import { keepTo, keepToOwn } from './place/keep-to.ts'
import { fewerLate, isShort } from './ready.ts'
import { copyOf, type Schedule } from './schedule.ts'
import { allReady, isAsGood, lessMissing, needScore } from './score.ts'

/** A plan in blocks may be this much worse than one in slices: fewer changes at the chargers. */
const CALM_TOLERANCE = 0.0005
/** Seats × slots for which plans in blocks are looked for: beyond, few blocks fit. */
const MOST_CALM = 12_000

/** A plan of a board of which nothing is known. */
export const freshOf = (board: Board): Schedule => {
  const merit = meritOf(board.input)
  const needs = board.seats.map(({ target }) => target)
  return fresh(board, merit, relax(board, merit.of, needs, { isMoney: board.input.policy === 'cheapest' }))
}

/** A plan that owes nothing to the last one. */
export const fresh = (board: Board, merit: Merit, relaxed: Relaxed): Schedule => {
  const { policy } = board.input
  const calms = isSmall(board) ? ORDERS.map((by) => inBlocks(board, merit, relaxed.peaks, by)) : []
  const calm = calms.find((each) => allReady(each) && fits(each))
  if (calm && (policy === 'readyFirst' || isCertain(calm, merit, relaxed, CALM_TOLERANCE))) return calm
  let best = inFewPeriods(guided(board, merit, relaxed), relaxed, merit)
  // a small depot in which a step more or less makes somebody late: one after the other may leave fewer of them
  if (isShort(best, relaxed)) for (const each of calms) best = fewerLate(inFewPeriods(madeUp(each, merit, relaxed), relaxed, merit), best)
  if (board.hasReserves) best = withReserves(best, merit)
  if (isSmall(board)) best = onTime(best, relaxed)
  return calm && isAsGood(calm, best, merit, CALM_TOLERANCE) ? calm : best
}

/**
 * Of what the envelope keeps for a port the optimum does not know how much its own vehicle leaves unused: under the peaks as they are, then
 * under any; without anybody late in the place of another one, then with; then with all taking first what is kept for
 * them; at last all of it anew, by the flow that knows what is kept.
 */
const withReserves = (schedule: Schedule, merit: Merit): Schedule => {
  const { seats } = schedule.board
  const needs = seats.map(({ target }) => target)
  let best = schedule
  for (const { isAnyPeak, below, isMoved } of WAYS_WITH_RESERVES) {
    if (allReady(best)) return best
    const next = isAnyPeak ? keepTo(copyOf(best), [], 0) : copyOf(best)
    if (isMoved) for (const v of seats.keys()) intoReserve(next, v)
    const made = madeUpTo(next, merit, needs, below)
    if (lessMissing(made, best)) best = keepToOwn(made)
  }
  if (allReady(best) || !isSmall(schedule.board)) return best
  const free = upTo(seats.length).filter((v) => isFree(seats[v]!))
  const anew = madeUpTo(besideReserves(keepTo(copyOf(best), [], 0), free), merit, needs, Number.MAX_VALUE)
  return fits(anew) && lessMissing(anew, best) ? keepToOwn(anew) : best
}
const WAYS_WITH_RESERVES = [
  { isAnyPeak: false, below: Number.MAX_VALUE, isMoved: false },
  { isAnyPeak: false, below: Number.POSITIVE_INFINITY, isMoved: false },
  { isAnyPeak: true, below: Number.MAX_VALUE, isMoved: false },
  { isAnyPeak: true, below: Number.POSITIVE_INFINITY, isMoved: false },
  { isAnyPeak: true, below: Number.MAX_VALUE, isMoved: true },
  { isAnyPeak: true, below: Number.POSITIVE_INFINITY, isMoved: true },
]

/** May plans in blocks be looked for, and all anew where somebody is late? */
export const isSmall = ({ seats, slots }: Board): boolean => seats.length * slots <= MOST_CALM

/** Price makes nobody late: whoever misses something by whole steps alone is planned as if there were no prices. */
const onTime = (best: Schedule, relaxed: Relaxed): Schedule => {
  const { board } = best
  // the optimum does not know all that can be had of what is kept for ports
  const isLate = isShort(best, relaxed) || (board.hasReserves && !allReady(best))
  if (board.input.policy === 'readyFirst' || !isLate) return best
  const plain: Board = { ...board, input: { ...board.input, policy: 'readyFirst' } }
  const merit = meritOf(plain.input)
  const ready = fresh(
    plain,
    merit,
    relax(
      plain,
      merit.of,
      board.seats.map(({ target }) => target),
      { isMoney: false },
    ),
  )
  return fewerLate({ ...ready, board }, best)
}

/** No search can find one that is better by more than a plan may be worse for calm's sake. */
export const isCertain = (schedule: Schedule, merit: Merit, { boundMicro }: Relaxed, tolerance: number): boolean => {
  const { policy } = schedule.board.input
  if (policy === 'readyFirst') return true
  const score = needScore(schedule, merit) - (policy === 'cheapest' ? sunkDemandMicro(schedule) : 0)
  return score - boundMicro <= Math.abs(score) * tolerance
}
