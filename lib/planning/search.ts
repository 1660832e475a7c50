import type { Board } from './board.ts'
import { bestByMerit, calmer } from './cheap.ts'
import { withExtra } from './extra.ts'
import { asBefore, rowsBefore } from './keep.ts'
import { type Merit, meritOf } from './merit.ts'
import { excessPeriods, fitsPeriods, tidy, withFewPeriods } from './periods.ts'
import { inBlocks, soonest } from './ready.ts'
import { copyOf, type Schedule } from './schedule.ts'
import { allReady, isAsGood, lessMissing, missingBy, nearBound, notLater } from './score.ts'

// Candidates in a fixed order and number (never by the clock), so that the same input gives the same plan, bit for bit.

/** A plan in blocks may be this much worse than one in slices: fewer changes at the chargers. */
const CALM_TOLERANCE = 0.005
/** … and the last plan this much worse than a new one: nothing is turned over for less. */
const KEEP_TOLERANCE = 0.02

/**
 * The best schedule found: never more missing for any vehicle than without prices, then (nearly) least cost, then few changes.
 * What is needed is planned first; welcome energy takes what is left.
 */
export const search = (board: Board): Schedule => {
  const merit = meritOf(board.input)
  const rows = rowsBefore(board)
  const kept = rows && asBefore(board, merit, rows)
  if (kept && allReady(kept) && fits(kept) && excessPeriods(kept) === 0 && isCertain(kept, merit, KEEP_TOLERANCE))
    return withExtra(kept, merit, rows)
  const best = fresh(board, merit, kept)
  for (const v of best.board.seats.keys()) tidy(best, v, merit, 0)
  const isCalm = kept && fits(kept) && (excessPeriods(kept) <= excessPeriods(best) || lessMissing(kept, best))
  const keeps = isCalm && isAsGood(kept, best, merit, KEEP_TOLERANCE)
  return withExtra(keeps ? kept : best, merit, rows)
}

/** A plan that owes nothing to the last one (but `kept` may show a way for all to be ready). */
const fresh = (board: Board, merit: Merit, kept: Schedule | undefined): Schedule => {
  const { policy } = board.input
  const calm = inBlocks(board, merit)
  if (calm && (policy === 'readyFirst' || isCertain(calm, merit, CALM_TOLERANCE))) return calm
  const ready =
    (policy === 'readyFirst' ? undefined : inBlocks(board, meritOf({ ...board.input, policy: 'readyFirst' }))) ?? soonest(board, kept)
  const plain = withFewPeriods(copyOf(ready))
  if (policy === 'readyFirst') return plain
  const best = bestByMerit(board, merit, ready)
  if (calm && isAsGood(calm, best, merit, CALM_TOLERANCE)) return calm
  const chosen = withFewPeriods(copyOf(calmer(best, merit)))
  // a port that holds few periods cannot follow many price steps: then being ready decides
  return notLater(chosen, missingBy(plain)) ? chosen : plain
}

/** No search can find one that is better by more than a plan may be worse for calm's sake. */
const isCertain = (schedule: Schedule, merit: Merit, tolerance: number): boolean =>
  schedule.board.input.policy === 'readyFirst' || (schedule.board.input.policy === 'cheapest' && nearBound(schedule, merit, tolerance))

const fits = (schedule: Schedule): boolean => schedule.board.seats.every((_, v) => fitsPeriods(schedule, v))
