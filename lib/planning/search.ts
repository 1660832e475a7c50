import type { Board } from './board.ts'
import { carriedOn, GOOD, isGoodStill, KEEP_TOLERANCE } from './carry-on.ts'
import { coarseOf, madeUpOnSlots, onSlots, provenOn, rowsIn } from './coarse.ts'
import { isWorthKeeping, withExtra } from './extra.ts'
import { fits } from './few-periods.ts'
import { withFewerLate } from './fewer-late.ts'
import { type Proven, type Relaxed, relax } from './flow/relax.ts'
import { fresh, isCertain, isSmall } from './fresh.ts'
import { asBefore, firmSlots, rowsBefore } from './keep.ts'
import { type Merit, meritOf } from './merit.ts'
import { excessPeriods, tidy } from './periods.ts'
import { keepToOwn } from './place/keep-to.ts'
import { rePlaced } from './place/replaced.ts'
import { underPeaks } from './place/under-peaks.ts'
import { moreReady, onlyTrades } from './ready.ts'
import { copyOf, type Schedule } from './schedule.ts'
import { allReady, isAsGood, lessMissing } from './score.ts'

// Candidates in a fixed order and number (never by the clock), so that the same input gives the same plan, bit for bit.

/** Seats × slots beyond which the last plan goes on where it can: all anew takes long and moves all. */
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
    if (isSmall(board)) return found
    return { ...found, schedule: withFewerLate(underBest(found.schedule, found.relaxed)) }
  }
  const { schedule, relaxed } = searched(coarse.board, rows && rowsIn(coarse, rows))
  const made = madeUpOnSlots(onSlots(coarse, schedule, rows), relaxed)
  return { schedule: withFewerLate(underBest(made, relaxed)), relaxed: provenOn(coarse, relaxed) }
}

/** Under peaks as near as can be to the best that there are if nobody comes or goes within a slot. */
const underBest = (schedule: Schedule, { proofs }: Relaxed): Schedule =>
  keepToOwn(underPeaks(schedule, proofs[0]!.peaks, meritOf(schedule.board.input)))

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
