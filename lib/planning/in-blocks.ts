import { inOrderOfNeed, placeBlocks } from './blocks.ts'
import type { Board } from './board.ts'
import { type Merit, placeRest } from './merit.ts'
import { budgetFor, exchange } from './place/exchange.ts'
import { keepTo, keepToOwn } from './place/keep-to.ts'
import { emptySchedule, missingOf, type Schedule } from './schedule.ts'

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

/** … and what they are short of found by moving others. */
export const madeUp = (schedule: Schedule, merit: Merit): Schedule => {
  const { seats } = schedule.board
  const mayMove = (v: number) => seats[v]!.need.mayPause && !seats[v]!.need.chargeFirst && !seats[v]!.need.taper
  const late = [...seats.keys()].filter((v) => mayMove(v) && missingOf(schedule, v) > 0)
  if (late.length > 0)
    exchange(schedule, { seats: late, wanted: seats.map(({ target }) => target), price: merit.of, budget: budgetFor(), mayMove })
  return schedule
}
