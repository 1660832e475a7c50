import { boardAround } from '../around.ts'
import { bestBlock, placeBlocks } from '../blocks.ts'
import type { Board } from '../board.ts'
import { type Relaxed, relax } from '../flow/relax.ts'
import { type Merit, place, upTo } from '../merit.ts'
import { emptySchedule, type Schedule } from '../schedule.ts'
import { rankOf } from '../score.ts'
import { cheaper } from './cheaper.ts'
import { budgetFor } from './exchange.ts'
import { keepTo, keepToOwn } from './keep-to.ts'
import { settled } from './settled.ts'
import { smooth } from './smooth.ts'

/**
 * The relaxed optimum in whole steps: who cannot be moved slot by slot is placed first, around it the rest as the optimum has it, slot
 * after slot.
 */
export const guided = (board: Board, merit: Merit, relaxed: Relaxed): Schedule => {
  const { seats } = board
  const isPinned = seats.map(({ need }) => need.chargeFirst === true || !need.mayPause || need.taper !== undefined)
  const wanted = wantedBySeat(board, relaxed)
  let schedule = emptySchedule(board)
  const pinned = upTo(seats.length).filter((v) => isPinned[v]! && seats[v]!.target > 0)
  if (pinned.length > 0) placePinned(schedule, merit, pinned, relaxed)
  const rest = pinned.length === 0 ? board : boardAround(schedule)
  const restTo = seats.map(({ target }, v) => (isPinned[v] ? 0 : target))
  const guide = pinned.length === 0 ? relaxed : relax(rest, merit.of, restTo, { isMoney: relaxed.isMoney })
  schedule = keepTo(schedule, guide.peaks, 0)
  const free = upTo(seats.length).filter((v) => !isPinned[v]! && seats[v]!.target > 0)
  schedule = settled(schedule, { guide, merit, free, wanted, budget: budgetFor(board), mayMove: (u) => !isPinned[u]! })
  smooth(schedule, (v) => !isPinned[v]!)
  return cheaper(keepToOwn(schedule), merit, budgetFor(board), (v) => !isPinned[v]!)
}

/** Energy that each seat of the board is to have by the relaxed optimum, W·ms; seats that it does not know, their need. */
const wantedBySeat = ({ seats }: Board, { network, wanted }: Relaxed): Float64Array => {
  const of = Float64Array.from(seats, () => 0)
  for (let i = 0; i < network.seats; i += 1) of[network.boardSeat[i]!] = Math.min(wanted[i]!, seats[network.boardSeat[i]!]!.target)
  return of
}

/** What a slot costs a vehicle that cannot be moved later: its price, and what the limits above it are worth to all others there. */
const withValues = (merit: Merit, { network, values }: Relaxed, v: number): Merit => {
  const i = network.boardSeat.indexOf(v)
  if (i < 0) return merit
  const { nodes, leaf, parent, begins, slots } = network
  const of = merit.of.slice()
  for (let k = 0; k < slots; k += 1)
    for (let t = begins[k]!; t < begins[k + 1]!; t += 1) for (let n = leaf[i]!; n >= 0; n = parent[n]!) of[t]! += values[k * nodes + n]!
  return { ...merit, of }
}

const placePinned = (schedule: Schedule, merit: Merit, pinned: number[], relaxed: Relaxed): void => {
  const { seats } = schedule.board
  const rank = (v: number) => rankOf(seats[v]!)
  const spare = (v: number) => seats[v]!.need.departs - seats[v]!.target / (seats[v]!.stepW.at(-1) || 1)
  for (const v of pinned.toSorted((a, b) => rank(b) - rank(a) || spare(a) - spare(b) || a - b)) {
    const { need, target } = seats[v]!
    if (need.mayPause) {
      place(schedule, v, merit, target)
      continue
    }
    if (need.chargeFirst || need.taper) {
      placeBlocks(schedule, v, merit, target)
      continue
    }
    // one block, under the peak where that is possible
    const capped = keepTo(schedule, relaxed.peaks, 0)
    const worth = withValues(merit, relaxed, v)
    const block = bestBlock(capped, v, worth, target)
    placeBlocks(block && block.energy >= target ? capped : schedule, v, worth, target)
    schedule.siteW.set(keepTo(schedule, [], 0).siteW)
  }
}
