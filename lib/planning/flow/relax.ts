import { type Board, WH } from '../board.ts'
import { certified } from './certificate.ts'
import { cheapestUnder, type Level, levelsOf, mostFor, type Solved, urgentFirst } from './greedy.ts'
import { type Network, networkOf, widthFor } from './network.ts'
import { bestPeaks } from './peak-search.ts'
import { leastPeaks, mostPeaks, type Peaks } from './peaks.ts'

/** The best that could be had if power came in any portions: where each vehicle would be given what, and what that would cost at least. */
export type Relaxed = {
  network: Network
  levels: Level[]
  solved: Solved
  /** What each seat of the network can be given at most, higher priorities first. */
  wanted: Float64Array
  peaks: Peaks
  /** No plan that gives each vehicle `wanted` costs less: energy, and what each peak adds above the least it can be. */
  boundMicro: number
  /** What 1 W·ms more of each node and slot is worth at all these prices: `values[t * nodes + n]`, micro per 1000 Wh of it. */
  values: Float64Array
  /** Were slots weighed by their price, with the demand charges? */
  isMoney: boolean
}

const MICRO = 1000 * WH

/**
 * Least undelivered energy first (`upTo` = what each seat of the board is to have at most, W·ms), then least cost with all demand charges.
 * Exact on one grid of slots; a coarse grid makes it cheaper than any plan can be, never dearer.
 */
export const relax = (whole: Board, price: ArrayLike<number>, upTo: ArrayLike<number>, { isMoney }: { isMoney: boolean }): Relaxed => {
  const board = isMoney ? whole : withoutDemand(whole)
  const network = networkOf(board, widthFor(board), upTo)
  const levels = levelsOf(network, price)
  const [least, most] = [leastPeaks(board), mostPeaks(board, network)]
  const all = Float64Array.from(network.boardSeat, (v) => upTo[v]!)
  const solve = least.length > 0 ? bestPeaks : freely
  let wanted: Float64Array = all
  let found = solve({ board, network, levels, wanted, least, most })
  if (found.solved.missing > 0) {
    wanted = deliverable(board, network, all, most)
    found = solve({ board, network, levels, wanted, least, most })
  }
  const certificate = certified({ board, network, price, wanted, values: found.values, peaks: found.peaks, least, most })
  const { solved, peaks, values } = found
  return { network, levels, wanted, isMoney, solved, peaks, values, boundMicro: Math.max(found.boundMicro, certificate) }
}

export type Question = { board: Board; network: Network; levels: Level[]; wanted: Float64Array; least: Peaks; most: Peaks }

const freely = ({ board, network, levels, wanted }: Question) => {
  const solved = cheapestUnder(board, network, levels, wanted, [])
  const cost = solved.cost / MICRO
  return { solved, peaks: [], values: solved.values, boundMicro: cost }
}

const withoutDemand = (board: Board): Board => ({ ...board, input: { ...board.input, prices: { ...board.input.prices, demand: [] } } })

/** So many groups are served one after the other where not all can be ready. */
const MOST_GROUPS = 250

/**
 * What can be given at any price. Only where not all can be ready it matters who is first: higher priority, then less time to spare; so the
 * shortfall falls on few.
 */
const deliverable = (board: Board, network: Network, wanted: Float64Array, most: Peaks): Float64Array => {
  const order = urgentFirst(network, wanted)
  const seat = (v: number) => board.seats[network.boardSeat[v]!]!
  const rank = (v: number) => (seat(v).need.chargeFirst ? Number.MAX_VALUE : seat(v).need.priority)
  const spare = (v: number) => seat(v).need.departs - wanted[v]! / (seat(v).stepW.at(-1) || 1)
  const queue = order.toSorted((a, b) => rank(b) - rank(a) || spare(a) - spare(b) || a - b)
  const size = Math.ceil(queue.length / MOST_GROUPS)
  const groups: Int32Array[] = []
  for (let from = 0; from < queue.length; ) {
    let until = from + 1
    while (until < queue.length && until - from < size && rank(queue[until]!) === rank(queue[from]!)) until += 1
    groups.push(queue.slice(from, until))
    from = until
  }
  return mostFor(board, network, wanted, groups, most)
}
