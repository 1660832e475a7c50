import type { Board } from '../board.ts'
import { rankOf } from '../score.ts'
import { fillAs, fillFree } from './fills.ts'
import { mostFor, sum, urgentFirst } from './greedy.ts'
import { emptyFlow, type Flow, fillUp } from './max-flow.ts'
import type { Network } from './network.ts'
import { countingParts } from './parts.ts'
import { type Peaks, siteUnder } from './peaks.ts'

// Where not all can be ready: who is to have what.

/** So many groups are served one after the other where not all can be ready. */
const MOST_GROUPS = 24

/** Answers whose mean tells where vehicles that are there for a part of a slot leave it to others. */
const MEANS = 8
const MEANS_OF_MANY = 4
/** Seats × slots that are many. */
const MANY = 100_000
/** What differs by less than this part is as good as equal. */
const NEAR = 1e-5

export type Short = { board: Board; wanted: Float64Array; most: Peaks }

/**
 * The network in which most is delivered, higher priorities first, of those that leave parts of slots to others: a vehicle has such a slot only
 * where the slot is worth less to those who lack something than what the vehicle gets of it. What slots are worth is the mean of the cuts
 * that keep them from more (source: Robbins & Monro 1951): a cut alone says all or nothing.
 */
export const leastLeft = ({ board, wanted, most }: Short, loose: Network): Network => {
  const price = new Float64Array(board.slots)
  const ranks = [...new Set(Array.from(loose.boardSeat, (v) => rankOf(board.seats[v]!)))].sort((a, b) => b - a)
  const all = sum(wanted)
  let flow = filled({ board, wanted, most }, loose)
  const values = cutOf(flow)
  let best: { network: Network; left: number[] } | undefined
  const means = loose.seats * loose.slots > MANY ? MEANS_OF_MANY : MEANS
  for (let k = 0; k < means; k += 1) {
    const network = countingParts(board, loose, { price, wanted, values, mostPrice: 1 })
    const isLast = k + 1 === means
    const isOneRank = ranks.length === 1
    // of the last one nobody asks the cut; nor of several ranks what they have all together
    if (isOneRank || !isLast) flow = filled({ board, wanted, most }, network, { like: flow.given, isCut: !isLast })
    // what all of one rank have together does not depend on who of them is first
    const gets = isOneRank ? undefined : deliverable(board, network, wanted, most, 1)
    const left = gets ? ranks.map((rank) => leftOf(rank, network, gets)) : [sum(flow.left)]
    const rank = left.findIndex((energy, r) => !best || Math.abs(energy - best.left[r]!) > all * NEAR)
    if (rank >= 0 && (!best || left[rank]! < best.left[rank]!)) best = { network, left }
    if (isLast) break
    const cut = cutOf(flow)
    for (let at = 0; at < values.length; at += 1) values[at]! += (cut[at]! - values[at]!) / (k + 2)
  }
  return best!.network

  function leftOf(rank: number, network: Network, gets: Float64Array): number {
    let lacks = 0
    for (let i = 0; i < gets.length; i += 1) if (rankOf(board.seats[network.boardSeat[i]!]!) === rank) lacks += wanted[i]! - gets[i]!
    return lacks
  }
}

/** As much as can be given at any price. */
const filled = (
  { board, wanted, most }: Short,
  network: Network,
  { like, isCut = true }: { like?: Float64Array; isCut?: boolean } = {},
): Flow => {
  const flow = emptyFlow(network)
  const slots = Int32Array.from({ length: network.slots }, (_, t) => t)
  siteUnder(board, network, most, flow.site)
  flow.open.fill(1)
  flow.left.set(wanted)
  if (like) fillAs(flow, like, slots)
  fillFree(flow, urgentFirst(network, wanted), slots)
  fillUp(flow, isCut)
  return flow
}

/** 1 for each node and slot that keep those from more who lack something: `values[t * nodes + n]`. */
const cutOf = ({ network, reached }: Flow): Float64Array => {
  const { seats, nodes, slots, parent } = network
  const values = new Float64Array(slots * nodes)
  for (let t = 0; t < slots; t += 1)
    for (let n = 0; n < nodes; n += 1) {
      const at = seats + t * nodes + n
      if (reached[at] !== 0 && (n === 0 || reached[at - n + parent[n]!] === 0)) values[t * nodes + n] = 1
    }
  return values
}

/** Efficiencies that differ by less than one part of so many are equal. */
const EFFICIENCIES = 50

/**
 * What can be given at any price. Only where not all can be ready it matters who is first: higher priority, then who loses less on the way to
 * its battery, then less time to spare; so the shortfall falls on few.
 */
export const deliverable = (board: Board, network: Network, wanted: Float64Array, most: Peaks, mostGroups = MOST_GROUPS): Float64Array => {
  const order = urgentFirst(network, wanted)
  const seat = (v: number) => board.seats[network.boardSeat[v]!]!
  const rank = (v: number) => rankOf(seat(v))
  const spare = (v: number) => seat(v).need.departs - wanted[v]! / (seat(v).stepW.at(-1) || 1)
  const kept = (v: number) => Math.round(seat(v).need.efficiency * EFFICIENCIES)
  const queue = order.toSorted((a, b) => rank(b) - rank(a) || kept(b) - kept(a) || spare(a) - spare(b) || a - b)
  const isAlike = (a: number, b: number) => rank(a) === rank(b) && kept(a) === kept(b)
  const size = Math.ceil(queue.length / mostGroups)
  const groups: Int32Array[] = []
  for (let from = 0; from < queue.length; ) {
    let until = from + 1
    while (until < queue.length && until - from < size && isAlike(queue[until]!, queue[from]!)) until += 1
    groups.push(queue.slice(from, until))
    from = until
  }
  return mostFor(board, network, wanted, groups, most)
}
