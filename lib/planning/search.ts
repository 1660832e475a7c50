import { type Board, WH } from './board.ts'
import { carriedOn, GOOD, isGoodStill, KEEP_TOLERANCE } from './carry-on.ts'
import { coarseOf, madeUpOnSlots, onSlots, provenOn, rowsIn } from './coarse.ts'
import { sunkDemandMicro } from './cost.ts'
import { isWorthKeeping, withExtra } from './extra.ts'
import { fits, inFewPeriods } from './few-periods.ts'
import { type Proven, type Relaxed, relax } from './flow/relax.ts'
import { inBlocks, isFree, madeUp, madeUpTo, ORDERS } from './in-blocks.ts'
import { asBefore, firmSlots, rowsBefore } from './keep.ts'
import { withLateNodes } from './late-nodes.ts'
import { type Merit, meritOf, upTo } from './merit.ts'
import { excessPeriods, tidy } from './periods.ts'
import { besideReserves } from './place/beside-reserves.ts'
import { guided } from './place/guided.ts'
import { intoReserve } from './place/into-reserve.ts'
import { keepTo, keepToOwn, ownPeaks } from './place/keep-to.ts'
import { rePlaced } from './place/replaced.ts'
import { shaved } from './place/shaved.ts'
import { copyOf, lackingOf, type Schedule } from './schedule.ts'
import { allReady, isAsGood, lessMissing, missingBy, needScore, rankOf } from './score.ts'

// Candidates in a fixed order and number (never by the clock), so that the same input gives the same plan, bit for bit.

/** A plan in blocks may be this much worse than one in slices: fewer changes at the chargers. */
const CALM_TOLERANCE = 0.0005
/** A promise to a vehicle is broken only for more than this, and this part of what is missing. */
const WORTH_TRADING_WH = 1000
const WORTH_TRADING = 0.1
/** Shortfalls that differ by so little are as good as equal. */
const AS_GOOD_WH = 100
const AS_GOOD = { least: AS_GOOD_WH * WH, part: 0.005 }
/** Seats × slots for which plans in blocks are looked for: beyond, few blocks fit. */
const MOST_CALM = 12_000
/** … beyond which the last plan goes on where it can: all anew takes long and moves all. */
const LARGE = 30_000
/** … and up to which periods are made fewer than ports hold. */
const MOST_TIDY = 60_000

export type Found = { schedule: Schedule; relaxed: Proven }

/**
 * The best schedule found: least missing, higher priorities first, then (nearly) least cost, then few changes. What is needed is planned
 * first; welcome energy takes what is left.
 */
export const search = (board: Board): Found => {
  const rows = rowsBefore(board)
  const coarse = coarseOf(board)
  if (!coarse) {
    const found = searched(board, rows)
    return isSmall(board) ? found : { ...found, schedule: withFewerLate(found.schedule) }
  }
  const { schedule, relaxed } = searched(coarse.board, rows && rowsIn(coarse, rows))
  const made = madeUpOnSlots(onSlots(coarse, schedule), relaxed)
  const cheaper = rows ? made : keepToOwn(underPeaks(made, nearerPeaks(made, relaxed), meritOf(board.input)))
  return { schedule: withFewerLate(cheaper), relaxed: provenOn(coarse, relaxed) }
}

const searched = (board: Board, rows: number[][] | undefined): { schedule: Schedule; relaxed: Relaxed } => {
  const merit = meritOf(board.input)
  const { policy } = board.input
  const relaxed = relax(
    board,
    merit.of,
    board.seats.map(({ target }) => target),
    { isMoney: policy === 'cheapest' },
  )
  const isLarge = board.seats.length * board.slots > LARGE
  const kept = rows && (isLarge ? carriedOn : asBefore)(board, merit, rows, relaxed)
  if (kept && isLarge && isGoodStill(kept, merit, relaxed)) return { schedule: welcomed(kept, merit, rows), relaxed }
  if (kept && !isLarge && allReady(kept) && fits(kept) && excessPeriods(kept) === 0 && isCertain(kept, merit, relaxed, KEEP_TOLERANCE))
    return { schedule: welcomed(kept, merit, rows), relaxed }
  let best = fresh(board, merit, relaxed)
  if (isReplaceable(board)) best = rePlaced(best, merit)
  if (board.seats.length * board.slots <= MOST_TIDY) for (const v of best.board.seats.keys()) tidy(best, v, merit, 0)
  const isCalm = kept && fits(kept) && (excessPeriods(kept) <= excessPeriods(best) || lessMissing(kept, best))
  const tolerance = isLarge ? GOOD : KEEP_TOLERANCE
  const isKept = kept && fits(kept) && ((isCalm && isAsGood(kept, best, merit, tolerance)) || onlyTrades(kept, best))
  // a promise to one is not kept at the price of two who could be ready
  const keeps = isKept && (allReady(kept) || !moreReady(best, kept))
  return { schedule: welcomed(keeps ? kept : best, merit, rows), relaxed }
}

/** May vehicles be placed anew one by one? Not where price says nothing, and where there are too many. */
const isReplaceable = ({ input, seats, slots }: Board): boolean => input.policy !== 'readyFirst' && seats.length * slots <= MOST_TIDY

/**
 * With welcome energy: as the last plan had it, with what each vehicle adds to it; unless it would be had for clearly less if only what is
 * so near stayed as it is.
 */
const welcomed = (schedule: Schedule, merit: Merit, rows: number[][] | undefined): Schedule => {
  const hasExtra = rows !== undefined && schedule.board.seats.some(({ extra }) => extra > 0)
  if (!hasExtra) return withExtra(schedule, merit, rows)
  const firm = firmSlots(schedule.board)
  const near = rows.map((row) => row.map((steps, t) => (t < firm ? steps : 0)))
  const anew = withExtra(copyOf(schedule), merit, near)
  const own = withExtra(schedule, merit, rows)
  return isWorthKeeping(own, anew, KEEP_TOLERANCE) ? own : anew
}

/** Would the new plan make somebody late who is ready in the last one, for little more energy in all? */
const onlyTrades = (kept: Schedule, best: Schedule): boolean => {
  const [was, is] = [missingBy(kept), missingBy(best)]
  if (!was.some((missing, v) => isReady(missing) && !isReady(is[v]!))) return false
  const sum = (missing: number[]) => missing.reduce((all, each) => all + each, 0)
  return sum(was) - sum(is) <= WORTH_TRADING_WH * WH + sum(was) * WORTH_TRADING
}

// a few watt-hours less than it needs is no broken promise
const isReady = (missing: number): boolean => missing <= AS_GOOD_WH * WH

/** Are more vehicles ready in `a`, of the highest rank in which that differs? */
const moreReady = (a: Schedule, b: Schedule): boolean => {
  const { seats } = a.board
  const [inA, inB] = [missingBy(a), missingBy(b)]
  const more = new Map<number, number>()
  for (const [v, seat] of seats.entries()) {
    const turned = Number(isReady(inA[v]!)) - Number(isReady(inB[v]!))
    if (turned !== 0) more.set(rankOf(seat), (more.get(rankOf(seat)) ?? 0) + turned)
  }
  const ranks = [...more.keys()].filter((rank) => more.get(rank) !== 0).sort((x, y) => y - x)
  return ranks.length > 0 && more.get(ranks[0]!)! > 0
}

/**
 * In a large depot: who misses little finds it by moves of others, on the plan's own slots and at any price; then each circuit where somebody is
 * late is looked at by itself.
 */
const withFewerLate = (schedule: Schedule): Schedule => {
  if (allReady(schedule)) return schedule
  const { board } = schedule
  const merit = meritOf(board.input)
  const needs = board.seats.map(({ target }) => target)
  const made = fewerLate(madeUpTo(keepTo(copyOf(schedule), [], 0), merit, needs, Number.MAX_VALUE), schedule)
  const helped = withLateNodes(made, freshOf, (other, best) => fewerLate(other, best) === other)
  if (helped === schedule) return schedule
  // what was found at any price may be had under the peaks as they were
  return withExtra(keepToOwn(underPeaks(helped, [ownPeaks(schedule)], merit)), merit, undefined)
}

/** Under the first of these peaks that all slots can be brought under, if that is cheaper and nobody has less for it. */
const underPeaks = (schedule: Schedule, peaks: number[][], merit: Merit): Schedule => {
  for (const each of peaks) {
    const under = shaved(schedule, each, schedule.board.byPrice)
    if (under && needScore(under, merit) < needScore(schedule, merit) && !lessMissing(schedule, under)) return under
  }
  return schedule
}

/** Of what steps and few periods have added to the best peaks a part is taken off again, in single slots. */
const PARTS = [1, 0.5, 0.25]
const nearerPeaks = (schedule: Schedule, { peaks }: Relaxed): number[][] => {
  const own = ownPeaks(schedule)
  if (peaks.length !== own.length || own.length === 0) return []
  return PARTS.map((part) => own.map((peak, i) => Math.ceil(peak - Math.max(0, peak - peaks[i]!) * part)))
}

/** A plan of a board of which nothing is known. */
export const freshOf = (board: Board): Schedule => {
  const merit = meritOf(board.input)
  const needs = board.seats.map(({ target }) => target)
  return fresh(board, merit, relax(board, merit.of, needs, { isMoney: board.input.policy === 'cheapest' }))
}

/** A plan that owes nothing to the last one. */
const fresh = (board: Board, merit: Merit, relaxed: Relaxed): Schedule => {
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

const isSmall = ({ seats, slots }: Board): boolean => seats.length * slots <= MOST_CALM

/** Less missing, the highest rank first; of what is as good as equal, fewer vehicles late. */
const fewerLate = (other: Schedule, best: Schedule): Schedule => {
  if (lessMissing(other, best, AS_GOOD)) return other
  if (lessMissing(best, other, AS_GOOD)) return best
  const late = (schedule: Schedule) => missingBy(schedule).filter((missing) => missing > 0).length
  return late(other) < late(best) ? other : best
}

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

/** Does somebody get less than the optimum has for it? */
const isShort = (schedule: Schedule, { network, wanted }: Relaxed): boolean => {
  for (let i = 0; i < network.seats; i += 1) if (lackingOf(schedule, network.boardSeat[i]!, wanted[i]!) > 0) return true
  return false
}

/** No search can find one that is better by more than a plan may be worse for calm's sake. */
const isCertain = (schedule: Schedule, merit: Merit, { boundMicro }: Relaxed, tolerance: number): boolean => {
  const { policy } = schedule.board.input
  if (policy === 'readyFirst') return true
  const score = needScore(schedule, merit) - (policy === 'cheapest' ? sunkDemandMicro(schedule) : 0)
  return score - boundMicro <= Math.abs(score) * tolerance
}
