import { WH } from './board.ts'
import type { Relaxed } from './flow/relax.ts'
import { lackingOf, type Schedule } from './schedule.ts'
import { lessMissing, missingBy, rankOf } from './score.ts'

// Who is ready in which of two plans.

/** A promise to a vehicle is broken only for more than this, and this part of what is missing. */
const WORTH_TRADING_WH = 1000
const WORTH_TRADING = 0.1

/** Shortfalls that differ by so little are as good as equal. */
const AS_GOOD_WH = 100
const AS_GOOD = { least: AS_GOOD_WH * WH, part: 0.005 }

/** Would the new plan make somebody late who is ready in the last one, for little more energy in all? */
export const onlyTrades = (kept: Schedule, best: Schedule): boolean => {
  const [was, is] = [missingBy(kept), missingBy(best)]
  if (!was.some((missing, v) => isReady(missing) && !isReady(is[v]!))) return false
  const sum = (missing: number[]) => missing.reduce((all, each) => all + each, 0)
  return sum(was) - sum(is) <= WORTH_TRADING_WH * WH + sum(was) * WORTH_TRADING
}

/** W·ms missing: a few watt-hours less than it needs is no broken promise. */
export const isReady = (missing: number): boolean => missing <= AS_GOOD_WH * WH

/** Are more vehicles ready in `a`, of the highest rank in which that differs? */
export const moreReady = (a: Schedule, b: Schedule): boolean => {
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

/** Less missing, the highest rank first; of what is as good as equal, fewer vehicles late. */
export const fewerLate = (other: Schedule, best: Schedule): Schedule => {
  if (lessMissing(other, best, AS_GOOD)) return other
  if (lessMissing(best, other, AS_GOOD)) return best
  const late = (schedule: Schedule) => missingBy(schedule).filter((missing) => missing > 0).length
  return late(other) < late(best) ? other : best
}

/** Does somebody get less than the optimum has for it? */
export const isShort = (schedule: Schedule, { network, wanted }: Relaxed): boolean => {
  for (let i = 0; i < network.seats; i += 1) if (lackingOf(schedule, network.boardSeat[i]!, wanted[i]!) > 0) return true
  return false
}
