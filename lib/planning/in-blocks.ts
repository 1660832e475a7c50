import { inOrderOfNeed, placeBlocks } from './blocks.ts'
import type { Board, Seat } from './board.ts'
import type { Relaxed } from './flow/relax.ts'
import { type Merit, placeRest } from './merit.ts'
import { canGiveWay, periodCount } from './periods.ts'
import { type Budget, budgetFor, exchange } from './place/exchange.ts'
import { keepTo, keepToOwn } from './place/keep-to.ts'
import { emptySchedule, lackingOf, missingOf, type Schedule } from './schedule.ts'
import { rankOf } from './score.ts'

export const ORDERS = ['latestStart', 'departure'] as const

/** One block after the other, by need, under the site's peaks: the calmest plan, though it may leave vehicles short. */
export const inBlocks = (board: Board, merit: Merit, peaks: number[], by: (typeof ORDERS)[number]): Schedule => {
  const schedule = keepTo(emptySchedule(board), peaks, 0)
  for (const v of inOrderOfNeed(schedule, by)) {
    placeBlocks(schedule, v, merit, board.seats[v]!.target)
    if (missingOf(schedule, v) > 0 && board.seats[v]!.need.mayPause) placeRest(schedule, v, merit)
  }
  return keepToOwn(schedule)
}

/** What vehicles lack of what the optimum has for them, found by moving others that have periods to spare. */
export const madeUp = (schedule: Schedule, merit: Merit, { network, wanted }: Relaxed): Schedule => {
  const most = new Float64Array(schedule.board.seats.length)
  for (let i = 0; i < network.seats; i += 1) most[network.boardSeat[i]!] = wanted[i]!
  return madeUpTo(schedule, merit, most)
}

/** May it be moved slot by slot? */
export const isFree = ({ need }: Seat): boolean => need.mayPause && !need.chargeFirst && !need.taper

/** The same for any energies, W·ms by seat; `below`: only slots that cost less, and nobody is late in the place of another one. */
export const madeUpTo = (
  schedule: Schedule,
  merit: Merit,
  most: ArrayLike<number>,
  below = Number.POSITIVE_INFINITY,
  budget: Budget = budgetFor(schedule.board),
): Schedule => {
  const { seats } = schedule.board
  const spare = seats.map(({ port }, v) => canGiveWay(port, periodCount(schedule.steps[v]!)))
  const lacking = seats.map((seat, v) => (isFree(seat) ? lackingOf(schedule, v, most[v]!) : 0))
  const late = [...seats.keys()].filter((v) => lacking[v]! > 0)
  // who goes first by priority, then who lacks least: most of those can be ready
  late.sort((a, b) => rankOf(seats[b]!) - rankOf(seats[a]!) || lacking[a]! - lacking[b]! || a - b)
  const mayMove = (v: number) => isFree(seats[v]!) && spare[v]!
  if (late.length > 0) exchange(schedule, { seats: late, wanted: most, price: merit.of, budget, mayMove, below })
  return schedule
}
