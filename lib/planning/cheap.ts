import type { Board } from './board.ts'
import { consolidated } from './consolidate.ts'
import { costMicro, demandCostMicro, lowerBoundMicro } from './cost.ts'
import { clearSeat, fill, giveRow, RULES, type Rule } from './fill.ts'
import { type Merit, placeRest, upTo } from './merit.ts'
import { boardsUnderPeaks } from './peak.ts'
import { soonest } from './ready.ts'
import { budgetFor, makeRoom } from './repair.ts'
import { copyOf, emptySchedule, missingOf, type Schedule } from './schedule.ts'
import { blocksOf, isAsGood, isBetter, missingBy, notLater, peakScore, seatScore } from './score.ts'

const PIN_ROUNDS = 6
const IMPROVE_ROUNDS = 2
/** This near to the lower bound no other beginning is tried. */
const GOOD_ENOUGH = 0.002
/** What serving one after the other may cost. */
const CALM_TOLERANCE = 0.0005

/** Three ways to begin, the first that is as good as certain or the best of them; then the same under a lower peak, where that is charged. */
export const bestByMerit = (board: Board, merit: Merit, ready: Schedule): Schedule => {
  const plain = bestOfThree(board, merit, ready)
  if (board.input.policy !== 'cheapest' || demandCostMicro(plain) === 0) return plain
  const mostMissing = missingBy(ready)
  let best = plain
  for (const capped of boardsUnderPeaks(plain, (lower) => notLater(soonest(lower, undefined), mostMissing))) {
    const lower = bestOfThree(capped, merit, soonest(capped, undefined))
    if (!notLater(lower, mostMissing)) continue
    const candidate = emptySchedule(board)
    lower.steps.forEach((row, v) => {
      giveRow(candidate, v, row)
    })
    if (isBetter(candidate, best, merit)) best = candidate
  }
  return best
}

const bestOfThree = (board: Board, merit: Merit, ready: Schedule): Schedule => {
  let best: Schedule | undefined
  for (const begin of [() => cheapest(board, merit, ready, RULES[0]!), () => cheapest(board, merit, ready, RULES[1]!), () => ready]) {
    const candidate = improved(begin(), merit)
    if (!best || isBetter(candidate, best, merit)) best = candidate
    if (board.input.policy === 'cheapest' && costMicro(best) - lowerBoundMicro(best) <= Math.abs(costMicro(best)) * GOOD_ENOUGH) break
  }
  return best ?? ready
}

/** Served one after the other where it costs (next to) nothing. */
export const calmer = (best: Schedule, merit: Merit): Schedule => {
  const calm = consolidated(copyOf(best), merit)
  return isAsGood(calm, best, merit, CALM_TOLERANCE) ? calm : best
}

/** Best slots first for all. Vehicles that would miss more than without prices keep what they have there, and the rest is planned around them. */
const cheapest = (board: Board, merit: Merit, ready: Schedule, rule: Rule): Schedule => {
  const mostMissing = missingBy(ready)
  const pinned = new Set(upTo(board.seats.length).filter((v) => board.seats[v]!.need.chargeFirst || !board.seats[v]!.need.mayPause))
  const allReady = mostMissing.every((missing) => missing === 0)
  const budget = budgetFor(board)
  for (let round = 0; round < PIN_ROUNDS; round += 1) {
    const schedule = emptySchedule(board)
    for (const v of pinned) giveRow(schedule, v, ready.steps[v]!)
    const free = upTo(board.seats.length).filter((v) => !pinned.has(v))
    for (const level of merit.levels) fill(schedule, level, rule, free)
    for (const v of free) if (missingOf(schedule, v) > 0) placeRest(schedule, v, merit)
    if (allReady) for (const v of free) if (missingOf(schedule, v) > 0) makeRoom(schedule, v, budget)
    const late = free.filter((v) => missingOf(schedule, v) > mostMissing[v]!)
    if (late.length === 0) return schedule
    for (const v of late) pinned.add(v)
  }
  return copyOf(ready)
}

/** Takes one vehicle out at a time and puts it back where it is best; keeps what is better. */
const improved = (start: Schedule, merit: Merit): Schedule => {
  const schedule = copyOf(start)
  const { seats } = schedule.board
  for (let round = 0; round < IMPROVE_ROUNDS; round += 1) {
    let changed = false
    for (let v = 0; v < seats.length; v += 1) {
      if (seats[v]!.need.chargeFirst || !seats[v]!.need.mayPause || atItsBest(schedule, v, merit)) continue
      const before = schedule.steps[v]!.slice()
      const score = () => seatScore(schedule, v, merit) + peakScore(schedule)
      const was = { missing: missingOf(schedule, v), score: score(), blocks: blocksOf(before) }
      clearSeat(schedule, v)
      placeRest(schedule, v, merit)
      const is = score()
      const better = is < was.score || (is === was.score && blocksOf(schedule.steps[v]!) < was.blocks)
      if (missingOf(schedule, v) <= was.missing && better) changed = true
      else giveRow(schedule, v, before)
    }
    if (!changed) break
  }
  return schedule
}

/** Ready, in one block, in slots than which it has no better: nothing to improve. */
const atItsBest = (schedule: Schedule, v: number, merit: Merit): boolean => {
  const row = schedule.steps[v]!
  if (schedule.board.input.prices.demand.length > 0 || blocksOf(row) > 1 || missingOf(schedule, v) > 0) return false
  const { spanMs } = schedule.board.seats[v]!
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (let t = 0; t < row.length; t += 1) {
    if (spanMs[t]! > 0) least = Math.min(least, merit.of[t]!)
    if (row[t]! > 0) most = Math.max(most, merit.of[t]!)
  }
  return most <= least
}
