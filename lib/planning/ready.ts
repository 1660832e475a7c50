import { inOrderOfNeed, placeBlocks } from './blocks.ts'
import type { Board } from './board.ts'
import { fill, RULES } from './fill.ts'
import { type Merit, placeRest, upTo } from './merit.ts'
import { fitsPeriods, withFewPeriods } from './periods.ts'
import { budgetFor, makeRoom, unavoidablyMissing } from './repair.ts'
import { copyOf, emptySchedule, missingOf, type Schedule } from './schedule.ts'
import { allReady, lessMissing, missingBy } from './score.ts'

/** One block after the other, by need: the calmest plan. Undefined where it would leave a vehicle short: then only finer slicing may help. */
export const inBlocks = (board: Board, merit: Merit): Schedule | undefined => {
  for (const by of ['latestStart', 'departure'] as const) {
    const schedule = emptySchedule(board)
    for (const v of inOrderOfNeed(schedule, by)) {
      placeBlocks(schedule, v, merit, board.seats[v]!.target)
      if (missingOf(schedule, v) > 0 && board.seats[v]!.need.mayPause) placeRest(schedule, v, merit)
    }
    if (allReady(schedule) && board.seats.every((_, v) => fitsPeriods(schedule, v))) return schedule
  }
  return undefined
}

/** Ready as soon as possible, without prices: the rule that misses least (or the last plan, if that misses less), higher priorities first. */
export const soonest = (board: Board, kept: Schedule | undefined): Schedule => {
  const all = upTo(board.seats.length)
  const sameRank = new Set(board.seats.map(({ need }) => need.priority)).size <= 1
  const begun: Schedule[] = []
  for (const rule of RULES) {
    if (!rule.priorities && sameRank) continue
    const schedule = emptySchedule(board)
    fill(schedule, upTo(board.slots), rule, all)
    // judged with the periods its ports can hold: least laxity takes turns often
    withFewPeriods(schedule)
    if (missingBy(schedule).every((missing) => missing === 0)) return schedule
    begun.push(schedule)
  }
  // the last plan has found a way for all: no need to look for another
  const before = kept && withFewPeriods(copyOf(kept))
  if (before && allReady(before)) return before
  const unavoidable = unavoidablyMissing(board)
  for (const schedule of begun) {
    // all that is missing may be missing for want of power: then no move helps
    if (missingBy(schedule).reduce((sum, missing) => sum + missing, 0) <= unavoidable * 1.02) continue
    const budget = budgetFor(board)
    for (const v of all) if (board.seats[v]!.need.mayPause && missingOf(schedule, v) > 0) makeRoom(schedule, v, budget)
    withFewPeriods(schedule)
  }
  return [...(before ? [before] : []), ...begun].reduce((best, schedule) => (lessMissing(schedule, best) ? schedule : best))
}
