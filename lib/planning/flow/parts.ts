import type { Board } from '../board.ts'
import { allowing, type Laid, type Network } from './network.ts'

// Limits count what a vehicle draws for the whole of a slot, also of the one in which it comes or leaves, though it takes energy in a part of
// it only. A flow does not know that: there such slots either pay for all that they take, or are left out.

/** Does any vehicle come or leave within a slot? */
export const hasParts = (board: Board, { seats, boardSeat, ownMost, spanMs }: Laid): boolean => {
  for (let i = 0; i < seats; i += 1) {
    const own = board.seats[boardSeat[i]!]!.spanMs
    for (let t = 0; t < spanMs.length; t += 1) if (own[t]! < spanMs[t]! && ownMost[i]![t]! > 0) return true
  }
  return false
}

/** Per slot of the plan what energy costs; what nodes are worth by slot and node of the network; what each seat is to have, and what that is worth at most. */
export type Rough = { price: ArrayLike<number>; values: Float64Array; wanted: Float64Array; mostPrice?: number }

/**
 * The network in which a vehicle keeps such a slot only where that is cheaper for it than what it would buy elsewhere (complementary
 * slackness at the prices of a rough optimum), and the limits above it are lower by what it wastes there.
 */
export const countingParts = (
  board: Board,
  network: Network,
  { price, values, wanted, mostPrice = Number.POSITIVE_INFINITY }: Rough,
): Network => {
  const { nodes, leaf, parent, begins, spanMs } = network
  const cost = new Float64Array(board.slots + 1)
  const most = new Float64Array(board.slots + 1)
  const valueAt = (i: number, k: number): number => {
    let value = 0
    for (let n = leaf[i]!; n >= 0; n = parent[n]!) value += values[k * nodes + n]!
    return value
  }
  const marginal = new Float64Array(network.seats).fill(Number.NaN)
  return withParts(board, network, (i, k, t, part) => {
    if (Number.isNaN(marginal[i]!))
      marginal[i] = Math.min(mostPrice, marginalPrice(i, board.seats[network.boardSeat[i]!]!.spanMs, network.ownMost[i]!))
    return price[t]! + valueAt(i, k) / part < marginal[i]!
  })

  /** What the last of its energy costs in whole slots; more than anything when they do not hold it. */
  function marginalPrice(i: number, own: Float64Array, can: Float64Array): number {
    let count = 0
    for (let k = network.from[i]!; k < network.until[i]!; k += 1) {
      const value = valueAt(i, k)
      for (let t = begins[k]!; t < begins[k + 1]!; t += 1) {
        if (can[t]! <= 0 || own[t]! < spanMs[t]!) continue
        const each = price[t]! + value
        if (count > 0 && cost[count - 1] === each) most[count - 1]! += can[t]!
        else {
          cost[count] = each
          most[count] = can[t]!
          count += 1
        }
      }
    }
    for (let left = wanted[i]!; ; ) {
      let best = -1
      for (let j = 0; j < count; j += 1) if (most[j]! > 0 && (best < 0 || cost[j]! < cost[best]!)) best = j
      if (best < 0) return Number.POSITIVE_INFINITY
      left -= most[best]!
      most[best] = 0
      if (left <= 0) return cost[best]!
    }
  }
}

type Keeps = (i: number, k: number, t: number, part: number) => boolean

/** The network with those parts of slots that are kept, which pay for all that limits count of them. */
const withParts = (board: Board, network: Network, keeps: Keeps): Network => {
  const { leaf, parent, spanMs } = network
  const ownMost = network.ownMost.slice()
  const capacity = network.capacity.slice()
  const wasted = network.wasted.slice()
  for (let i = 0; i < network.seats; i += 1) {
    const own = board.seats[network.boardSeat[i]!]!.spanMs
    const can = network.ownMost[i]!
    for (const t of endsOf(network, i)) {
      if (own[t]! >= spanMs[t]!) continue
      if (ownMost[i] === can) ownMost[i] = can.slice()
      const part = own[t]! / spanMs[t]!
      if (!keeps(i, coarseSlot(network, i, t), t, part)) {
        ownMost[i]![t] = 0
        continue
      }
      // no more than the limits above it allow alone: of that it wastes the rest of the slot
      let most = Math.min(can[t]!, Math.floor(network.limit[t]! * part))
      for (let n = leaf[i]!; n > 0; n = parent[n]!) most = Math.min(most, Math.floor(network.capacity[n]![t]! * part))
      ownMost[i]![t] = most
      const waste = Math.ceil(most * (1 / part - 1))
      wasted[t]! += waste
      for (let n = leaf[i]!; n > 0; n = parent[n]!) {
        if (capacity[n] === network.capacity[n]) capacity[n] = network.capacity[n]!.slice()
        capacity[n]![t]! -= Math.min(waste, capacity[n]![t]!)
      }
    }
  }
  return allowing(network, { capacity, wasted, ownMost })
}

/** The first and the last slot of the plan in which a seat can take something; a part of a slot is one of them. */
const endsOf = ({ ownMost, begins, from, until }: Network, i: number): number[] => {
  const can = ownMost[i]!
  if (until[i] === 0) return []
  let [first, last] = [begins[from[i]!]!, begins[until[i]!]! - 1]
  while (can[first]! <= 0) first += 1
  while (can[last]! <= 0) last -= 1
  return first < last ? [first, last] : [first]
}

/** The slot of the network that one end of the seat's time lies in. */
const coarseSlot = ({ begins, from, until }: Network, i: number, t: number): number =>
  t < begins[from[i]! + 1]! ? from[i]! : until[i]! - 1
