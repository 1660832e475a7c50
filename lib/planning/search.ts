import { minutes } from '#lib/time/instant.ts'
import { type Board, WH } from './board.ts'
import { consolidated } from './consolidate.ts'
import { costMicro, demandCostMicro, lowerBoundMicro } from './cost.ts'
import { clearSeat, fill, giveRow, RULES, type Rule } from './fill.ts'
import { firstSlotAt } from './input.ts'
import { type Merit, meritOf, place, placeRest, upTo } from './merit.ts'
import { boardsUnderPeaks } from './peak.ts'
import { fitsPeriods, withFewPeriods } from './periods.ts'
import { budgetFor, makeRoom, unavoidablyMissing } from './repair.ts'
import { copyOf, emptySchedule, energyOf, missingOf, type Schedule, setSteps, stepsFree, stepsToDeliver } from './schedule.ts'

// Candidates in a fixed order and number (never by the clock), so that the same input gives the same plan, bit for bit.

const PIN_ROUNDS = 6
const IMPROVE_ROUNDS = 2
/** A plan that keeps the last one's pattern may be this much worse: fewer changes at the chargers. */
const KEEP_TOLERANCE = 0.0005
/** This near to the lower bound no other beginning is tried. */
const GOOD_ENOUGH = 0.002

/** The best schedule found: never more missing for any vehicle than without prices, then least cost, then few changes. */
export const search = (board: Board): Schedule => {
  const merit = meritOf(board.input)
  const kept = asBefore(board, merit)
  const ready = soonest(board, kept)
  const mostMissing = missingBy(ready)
  const best = board.input.policy === 'readyFirst' ? ready : bestByMerit(board, merit, ready)
  const calm = board.input.policy === 'readyFirst' ? best : calmer(best, merit)
  const chosen = withFewPeriods(copyOf(kept && notLater(kept, mostMissing) && isAsGood(kept, best, merit) ? kept : calm))
  const plain = withFewPeriods(copyOf(ready))
  // a port that holds few periods cannot follow many price steps: then being ready decides
  return withExtra(notLater(chosen, missingBy(plain)) ? chosen : plain, merit)
}

/** Three ways to begin, the first that is as good as certain or the best of them; then the same under a lower peak, where that is charged. */
const bestByMerit = (board: Board, merit: Merit, ready: Schedule): Schedule => {
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
const calmer = (best: Schedule, merit: Merit): Schedule => {
  const calm = consolidated(copyOf(best), merit)
  return isAsGood(calm, best, merit) ? calm : best
}

/** Ready as soon as possible, without prices: the rule that misses least (or the last plan, if that misses less), higher priorities first. */
const soonest = (board: Board, kept: Schedule | undefined): Schedule => {
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
  if (kept && missingBy(kept).every((missing) => missing === 0)) return withFewPeriods(copyOf(kept))
  const unavoidable = unavoidablyMissing(board)
  for (const schedule of begun) {
    // all that is missing may be missing for want of power: then no move helps
    if (missingBy(schedule).reduce((sum, missing) => sum + missing, 0) <= unavoidable * 1.02) continue
    const budget = budgetFor(board)
    for (const v of all) if (board.seats[v]!.need.mayPause && missingOf(schedule, v) > 0) makeRoom(schedule, v, budget)
    withFewPeriods(schedule)
  }
  return [...begun, ...(kept ? [copyOf(kept)] : [])].reduce((best, schedule) => (lessMissing(schedule, best) ? schedule : best))
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

/** The last plan's pattern on today's slots: trimmed to the limits, what is missing added. */
const asBefore = (board: Board, merit: Merit): Schedule | undefined => {
  const { previous } = board.input
  if (!previous || previous.slotMinutes !== board.input.slotMinutes) return undefined
  const shift = (firstSlotAt(board.input.now, board.input.slotMinutes) - previous.from) / minutes(board.input.slotMinutes)
  const schedule = emptySchedule(board)
  board.seats.forEach((seat, v) => {
    const was = previous.allocations.find(({ vehicle, port }) => vehicle === seat.need.id && port === seat.port.id)
    if (!was) return
    const stepsAt = (t: number) => {
      const milliamps = was.periods.findLast(({ fromSlot }) => fromSlot <= t + shift)?.milliamps ?? 0
      return Math.min(seat.maxSteps, Math.floor(milliamps / seat.port.stepMa))
    }
    for (let t = 0; t < board.slots; t += 1) {
      const steps = seat.spanMs[t]! > 0 ? Math.min(stepsAt(t), stepsFree(schedule, v, t)) : 0
      if (steps >= seat.minSteps) setSteps(schedule, v, t, steps)
    }
    trim(schedule, v, merit)
  })
  board.seats.forEach((_, v) => {
    if (missingOf(schedule, v) > 0) placeRest(schedule, v, merit)
  })
  const paused = board.seats.some(({ need }, v) => !need.mayPause && blocksOf(schedule.steps[v]!) > 1)
  return paused ? undefined : schedule
}

/** Takes away what the vehicle no longer needs, worst slots first; less than a slot at minimum current is not worth a change. */
const trim = (schedule: Schedule, v: number, merit: Merit): void => {
  const seat = schedule.board.seats[v]!
  // one block stays one block
  const inOrder = seat.need.mayPause && !seat.need.chargeFirst ? merit.levels.flat() : upTo(schedule.board.slots)
  for (const t of inOrder.toReversed()) {
    const surplus = energyOf(schedule, v) - seat.target
    const energy = seat.stepW[schedule.steps[v]![t]!]! * seat.spanMs[t]!
    if (surplus < seat.stepW[seat.minSteps]! * seat.spanMs[t]! || energy === 0) continue
    setSteps(schedule, v, t, energy <= surplus ? 0 : stepsToDeliver(seat, energy - surplus, seat.spanMs[t]!))
  }
}

/** Welcome energy, where it is worth its price, room is left and the port has periods for it. */
const withExtra = (schedule: Schedule, merit: Merit): Schedule => {
  const { seats, input } = schedule.board
  const worth = input.prices.reserveMicroPerKwh ?? Number.POSITIVE_INFINITY
  const order = upTo(seats.length).toSorted((a, b) => seats[b]!.need.priority - seats[a]!.need.priority || a - b)
  for (const v of order) {
    if (seats[v]!.extra === 0 || missingOf(schedule, v) > 0) continue
    const before = schedule.steps[v]!.slice()
    const left = seats[v]!.target + seats[v]!.extra - energyOf(schedule, v)
    place(schedule, v, merit, left, (t) => input.prices.microPerKwh[t]! <= worth)
    if (!fitsPeriods(schedule, v)) giveRow(schedule, v, before)
  }
  return schedule
}

/** What the policy wants small: cost, carbon, or the time at which energy arrives. */
const scoreOf = (schedule: Schedule, merit: Merit): number =>
  upTo(schedule.board.seats.length).reduce((sum, v) => sum + seatScore(schedule, v, merit), peakScore(schedule))

const peakScore = (schedule: Schedule): number => (schedule.board.input.policy === 'cheapest' ? demandCostMicro(schedule) : 0)

const seatScore = (schedule: Schedule, v: number, merit: Merit): number => {
  const { stepW, spanMs } = schedule.board.seats[v]!
  const row = schedule.steps[v]!
  const { policy } = schedule.board.input
  let score = 0
  for (let t = 0; t < row.length; t += 1) {
    if (row[t] !== 0) score += (stepW[row[t]!]! * spanMs[t]! * (policy === 'readyFirst' ? t : merit.of[t]!)) / (1000 * WH)
  }
  return score
}

/** Less missing, then less of what the policy wants small. */
const isBetter = (a: Schedule, b: Schedule, merit: Merit): boolean =>
  lessMissing(a, b) || (!lessMissing(b, a) && scoreOf(a, merit) < scoreOf(b, merit))

const isAsGood = (a: Schedule, b: Schedule, merit: Merit): boolean => {
  if (lessMissing(a, b) || lessMissing(b, a)) return lessMissing(a, b)
  const score = scoreOf(b, merit)
  return scoreOf(a, merit) <= score + Math.abs(score) * KEEP_TOLERANCE
}

const missingBy = (schedule: Schedule): number[] => schedule.board.seats.map((_, v) => missingOf(schedule, v))

const notLater = (schedule: Schedule, mostMissing: number[]): boolean => mostMissing.every((most, v) => missingOf(schedule, v) <= most)

const lessMissing = (a: Schedule, b: Schedule): boolean => {
  const { seats } = a.board
  const ranks = [...new Set(seats.map(({ need }) => need.priority))].sort((x, y) => y - x)
  for (const rank of ranks) {
    const sum = (schedule: Schedule) =>
      seats.reduce((total, { need }, v) => total + (need.priority === rank ? missingOf(schedule, v) : 0), 0)
    if (sum(a) !== sum(b)) return sum(a) < sum(b)
  }
  return false
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

const blocksOf = (row: number[]): number => {
  let blocks = 0
  for (let t = 0; t < row.length; t += 1) if (row[t]! > 0 && (t === 0 || row[t - 1] === 0)) blocks += 1
  return blocks
}
