import { type Seat, WH } from './board.ts'
import { demandCostMicro } from './cost.ts'
import type { Merit } from './merit.ts'
import { missingOf, type Schedule } from './schedule.ts'

/** What the policy wants small of the site's peaks. */
const peakScore = (schedule: Schedule): number => (schedule.board.input.policy === 'cheapest' ? demandCostMicro(schedule) : 0)

export const seatScore = (schedule: Schedule, v: number, merit: Merit): number => {
  const { stepW, spanMs } = schedule.board.seats[v]!
  const row = schedule.steps[v]!
  const { policy } = schedule.board.input
  let score = 0
  for (let t = 0; t < row.length; t += 1) {
    if (row[t] !== 0) score += (stepW[row[t]!]! * spanMs[t]! * (policy === 'readyFirst' ? t : merit.of[t]!)) / (1000 * WH)
  }
  return score
}

/** As good as `b` but for `tolerance` of the score. */
export const isAsGood = (a: Schedule, b: Schedule, merit: Merit, tolerance: number): boolean => {
  if (lessMissing(a, b)) return true
  if (lessMissing(b, a)) return false
  const other = needScore(b, merit)
  return needScore(a, merit) <= other + Math.abs(other) * tolerance
}

/** The score of what is needed; a last slot that gives a little more makes no plan worse. */
export const needScore = (schedule: Schedule, merit: Merit): number => {
  const { seats, input } = schedule.board
  let score = peakScore(schedule)
  for (let v = 0; v < seats.length; v += 1) {
    const { stepW, spanMs, target } = seats[v]!
    const row = schedule.steps[v]!
    for (let t = 0, left = target; t < row.length && left > 0; t += 1) {
      if (row[t] === 0) continue
      const energy = Math.min(left, stepW[row[t]!]! * spanMs[t]!)
      left -= energy
      score += (energy * (input.policy === 'readyFirst' ? t : merit.of[t]!)) / (1000 * WH)
    }
  }
  return score
}

/** What each vehicle's battery will miss, W·ms. */
export const missingBy = (schedule: Schedule): number[] =>
  schedule.board.seats.map(({ need }, v) => missingOf(schedule, v) * need.efficiency)

export const allReady = (schedule: Schedule): boolean => schedule.board.seats.every((_, v) => missingOf(schedule, v) === 0)

/** Does `a` miss less, the highest rank first that differs by more than `least` W·ms and this `part` of what is missing? */
export const lessMissing = (a: Schedule, b: Schedule, { least, part } = { least: 0, part: 0 }): boolean => {
  const { seats } = a.board
  const ranks = [...new Set(seats.map(rankOf))].sort((x, y) => y - x)
  const [inA, inB] = [missingBy(a), missingBy(b)]
  for (const rank of ranks) {
    const sum = (missing: number[]) => seats.reduce((total, seat, v) => total + (rankOf(seat) === rank ? missing[v]! : 0), 0)
    const [ofA, ofB] = [sum(inA), sum(inB)]
    if (Math.abs(ofA - ofB) > least + Math.min(ofA, ofB) * part) return ofA < ofB
  }
  return false
}

/** Who goes before whom: put first by a person, then by priority. */
export const rankOf = ({ need }: Pick<Seat, 'need'>): number => (need.chargeFirst ? Number.MAX_VALUE : need.priority)

export const blocksOf = (row: ArrayLike<number>): number => {
  let blocks = 0
  for (let t = 0; t < row.length; t += 1) if (row[t]! > 0 && (t === 0 || row[t - 1] === 0)) blocks += 1
  return blocks
}
