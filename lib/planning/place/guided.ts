import { boardAround } from '../around.ts'
import { placeBlocks } from '../blocks.ts'
import type { Board, Seat } from '../board.ts'
import { type Relaxed, relax } from '../flow/relax.ts'
import { type Merit, place, upTo } from '../merit.ts'
import { cheapestRun } from '../runs.ts'
import { emptySchedule, lackingOf, missingOf, type Schedule } from '../schedule.ts'
import { isAsGood, lessMissing, rankOf } from '../score.ts'
import { asItTakes } from '../tapered.ts'
import { cheaper } from './cheaper.ts'
import { budgetFor } from './exchange.ts'
import { keepTo, keepToOwn } from './keep-to.ts'
import { settled } from './settled.ts'
import { smooth } from './smooth.ts'

/** Orders in which they are tried who cannot be moved slot by slot; with more seats × slots than this one. */
const ORDERS = 4
const MOST_CELLS = 12_000
/** Another way is taken where it costs less by this part. */
const WORTH_ANOTHER = 0.0002

/**
 * The relaxed optimum in whole steps: who cannot be moved slot by slot is placed first, around it the rest as the optimum has it, slot
 * after slot.
 */
export const guided = (board: Board, merit: Merit, relaxed: Relaxed): Schedule => {
  const { seats, slots } = board
  const isPinned = seats.map(({ need }) => need.chargeFirst === true || !need.mayPause || need.taper !== undefined)
  const wanted = wantedBySeat(board, relaxed)
  const first = around(board, merit, relaxed, { isPinned, wanted, worth: relaxed })
  if (!isPinned.includes(true) || seats.length * slots > MOST_CELLS) return first.schedule
  let best = first.schedule
  // what slots are worth to the others is known better now
  const again = around(board, merit, relaxed, { isPinned, wanted, worth: first.guide })
  const isBetter = isAsGood(again.schedule, best, merit, -WORTH_ANOTHER)
  if (isBetter) best = again.schedule
  const worth = isBetter ? first.guide : relaxed
  // whose place those took who cannot be moved comes before them, by rank
  for (let round = 1; round < ORDERS; round += 1) {
    const late = upTo(seats.length).filter((v) => !isPinned[v]! && lackingOf(best, v, wanted[v]!) > 0)
    if (late.length === 0) return best
    for (const v of late) isPinned[v] = true
    const next = around(board, merit, relaxed, { isPinned, wanted, worth }).schedule
    if (!lessMissing(next, best)) return best
    best = next
  }
  return best
}

/** `worth`: what nodes and slots are worth, to those who are placed first. */
type Asked = { isPinned: boolean[]; wanted: Float64Array; worth: Relaxed }

/** Those pinned first, the others as the optimum around them has it. */
const around = (
  board: Board,
  merit: Merit,
  relaxed: Relaxed,
  { isPinned, wanted, worth }: Asked,
): { schedule: Schedule; guide: Relaxed } => {
  const { seats } = board
  const pinned = upTo(seats.length).filter((v) => isPinned[v]! && seats[v]!.target > 0)
  let schedule =
    pinned.length > 0
      ? withPinned(board, merit, pinned, { ...relaxed, network: worth.network, values: worth.values })
      : emptySchedule(board)
  const rest = pinned.length === 0 ? board : boardAround(schedule)
  const restTo = seats.map(({ target }, v) => (isPinned[v] ? 0 : target))
  const guide = pinned.length === 0 ? relaxed : relax(rest, merit.of, restTo, { isMoney: relaxed.isMoney })
  schedule = keepTo(schedule, guide.peaks, 0)
  const free = upTo(seats.length).filter((v) => !isPinned[v]! && seats[v]!.target > 0)
  // who is to be late around those in place is told by the optimum that knows them: elsewhere all would be a little
  const can = pinned.length === 0 ? wanted : wantedBySeat(rest, guide)
  schedule = settled(schedule, { guide, merit, free, wanted: can, budget: budgetFor(board), mayMove: (u) => !isPinned[u]! })
  smooth(schedule, (v) => !isPinned[v]!)
  return { schedule: cheaper(keepToOwn(schedule), merit, budgetFor(board), (v) => !isPinned[v]!), guide }
}

/** Energy that each seat of the board is to have by the relaxed optimum, W·ms; seats that it does not know, their need. */
const wantedBySeat = ({ seats }: Board, { network, wanted }: Relaxed): Float64Array => {
  const of = Float64Array.from(seats, () => 0)
  for (let i = 0; i < network.seats; i += 1) of[network.boardSeat[i]!] = Math.min(wanted[i]!, seats[network.boardSeat[i]!]!.target)
  return of
}

/** What a slot costs a vehicle that cannot be moved later: its price, and what the limits above it are worth to all others there. */
const withValues = (merit: Merit, { network, values }: Relaxed, { path, portIndex }: Seat): Merit => {
  const { nodes, boardNode, begins, slots } = network
  const of = merit.of.slice()
  const above = [...boardNode.keys()].filter((n) => n === 0 || path.includes(boardNode[n]!) || boardNode[n] === -2 - portIndex)
  for (let k = 0; k < slots; k += 1)
    for (let t = begins[k]!; t < begins[k + 1]!; t += 1) for (const n of above) of[t]! += values[k * nodes + n]!
  return { ...merit, of }
}

/** Those who cannot be moved later, one after the other; who finds no room comes before the others of its rank, as long as that is of use. */
const withPinned = (board: Board, merit: Merit, pinned: number[], relaxed: Relaxed): Schedule => {
  const { seats } = board
  const spare = (v: number) => seats[v]!.need.departs - seats[v]!.target / (seats[v]!.stepW.at(-1) || 1)
  const byRank = (order: number[]) => order.toSorted((a, b) => rankOf(seats[b]!) - rankOf(seats[a]!))
  let order = byRank(pinned.toSorted((a, b) => spare(a) - spare(b) || a - b))
  let best: Schedule | undefined
  for (let round = 0; round < ORDERS; round += 1) {
    const schedule = placePinned(board, merit, order, relaxed)
    if (!best || lessMissing(schedule, best)) best = schedule
    const isLate = new Set(order.filter((v) => missingOf(schedule, v) > 0))
    if (isLate.size === 0) break
    order = byRank([...order.filter((v) => isLate.has(v)), ...order.filter((v) => !isLate.has(v))])
  }
  return best!
}

const placePinned = (board: Board, merit: Merit, order: number[], relaxed: Relaxed): Schedule => {
  const { seats } = board
  const schedule = emptySchedule(board)
  for (const v of order) {
    const { need, target } = seats[v]!
    if (need.mayPause) {
      place(need.chargeFirst || need.taper ? schedule : keepTo(schedule, relaxed.peaks, 0), v, merit, target)
      asItTakes(schedule, v)
      schedule.siteW.set(keepTo(schedule, [], 0).siteW)
      continue
    }
    if (need.chargeFirst || need.taper) {
      placeBlocks(schedule, v, merit, target)
      continue
    }
    // without a pause, under the peak where that is possible
    const capped = keepTo(schedule, relaxed.peaks, 0)
    const worth = withValues(merit, relaxed, seats[v]!)
    const run = cheapestRun(capped, v, worth, target)
    placeBlocks(run && run.energy >= target ? capped : schedule, v, worth, target)
    schedule.siteW.set(keepTo(schedule, [], 0).siteW)
  }
  return schedule
}
