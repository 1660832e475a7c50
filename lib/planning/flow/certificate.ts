import { type Board, WH } from '../board.ts'
import type { Network } from './network.ts'
import type { Peaks } from './peaks.ts'

/** What peaks leave unpaid is spread over other slots from this part on. */
const NEAR = 1e-9

type Asked = {
  board: Board
  network: Network
  price: ArrayLike<number>
  wanted: Float64Array
  /** What node and slot are taken to be worth. */
  values: Float64Array
  peaks: Peaks
  least: Peaks
  most: Peaks
}

/**
 * A lower bound on the plan's own slots from values of nodes: each vehicle buys its energy where price and values are least, what nodes can
 * carry is paid back. Any values give a true bound (source: Lagrange duality; Geoffrion 1974); those of the coarse optimum a good one. Here
 * a vehicle that comes or leaves within a slot takes the node for all of it, as chargers do.
 */
export const certified = ({ board, network, price, wanted, values, peaks, least, most }: Asked): number => {
  const { nodes, slots, begins, capacity } = network
  const { demand } = board.input.prices
  let total = 0
  for (let k = 0; k < slots; k += 1)
    for (let n = 1; n < nodes; n += 1) {
      const value = values[k * nodes + n]!
      if (value > 0) for (let t = begins[k]!; t < begins[k + 1]!; t += 1) total -= value * capacity[n]![t]!
    }
  const { ofSite, perW, paid } = siteValues({ board, network, values, peaks, least })
  total += paid
  // each peak where that is cheapest
  for (let i = 0; i < demand.length; i += 1) {
    const peak = perW[i]! >= 0 ? least[i]! : most[i]!
    total += perW[i]! * peak - (demand[i]!.microPerKw / 1000) * 1000 * WH * least[i]!
  }
  const cost = new Float64Array(board.slots + 1)
  const most_ = new Float64Array(board.slots + 1)
  for (let i = 0; i < network.seats; i += 1)
    total += cheapest(board, network, { i, wanted: wanted[i]!, price, values, ofSite, cost, most: most_ })
  return total / (1000 * WH)
}

type OfSite = Pick<Asked, 'board' | 'network' | 'values' | 'peaks' | 'least'>

/**
 * What the site's power is worth in each slot of the plan: where not even all together reach its limit or a peak that is nothing, and other slots
 * of the peaks are worth as much more. `paid`: what peaks pay of it less what is paid back; `perW`: what is left of each for its power.
 */
const siteValues = (asked: OfSite) => {
  const { board, network, values, peaks, least } = asked
  const { nodes, slots, begins } = network
  const value = new Float64Array(board.slots)
  for (let k = 0; k < slots; k += 1) for (let t = begins[k]!; t < begins[k + 1]!; t += 1) value[t] = Math.max(0, values[k * nodes]!)
  const first = shared(asked, value)
  const left = first.perW.reduce((sum, each, i) => sum + (peaks[i]! > least[i]! ? Math.max(0, each) : 0), 0)
  let all = 0
  for (let t = 0; t < board.slots; t += 1) all += first.share[t]! * network.spanMs[t]!
  if (left <= all * NEAR) return first
  for (let t = 0; t < board.slots; t += 1) if (first.share[t]! > 0) value[t]! *= 1 + left / all
  return shared(asked, value)
}

/** A peak pays as much as it costs; what is left is the site's own limit. */
const shared = ({ board, network, peaks }: OfSite, value: Float64Array) => {
  const { spanMs, site, drawn, limit } = network
  const { demand } = board.input.prices
  const perW = demand.map(({ microPerKw }) => (microPerKw / 1000) * 1000 * WH)
  const width = demand.map(({ slots: charged }) => charged.filter(Boolean).length)
  const narrowFirst = demand.map((_, i) => i).sort((a, b) => width[a]! - width[b]! || a - b)
  const ofSite = new Float64Array(board.slots)
  const share = new Float64Array(board.slots)
  let paid = 0
  for (let t = 0; t < board.slots; t += 1) {
    let rest = value[t]!
    if (rest === 0) continue
    for (const i of narrowFirst) {
      if (!demand[i]!.slots[t] || perW[i]! <= 0 || (peaks[i]! - board.baseW[t]!) * spanMs[t]! > site[t]!) continue
      const part = Math.min(rest, perW[i]! / spanMs[t]!)
      perW[i]! -= part * spanMs[t]!
      share[t]! += part
      rest -= part
    }
    // where all together are under its limit that is worth nothing
    if (drawn[t]! < limit[t]!) rest = 0
    ofSite[t] = share[t]! + rest
    paid += share[t]! * board.baseW[t]! * spanMs[t]! - rest * drawn[t]!
  }
  return { ofSite, share, perW, paid }
}

type Buyer = {
  i: number
  wanted: number
  price: ArrayLike<number>
  values: Float64Array
  ofSite: Float64Array
  cost: Float64Array
  most: Float64Array
}

/** What one vehicle's energy costs at least at prices and values. */
const cheapest = (board: Board, network: Network, { i, wanted, price, values, ofSite, cost, most }: Buyer): number => {
  const { nodes, begins, spanMs, leaf, parent, from, until, boardSeat, ownMost } = network
  const own = board.seats[boardSeat[i]!]!.spanMs
  const can = ownMost[i]!
  let count = 0
  for (let k = from[i]!; k < until[i]!; k += 1) {
    let value = 0
    for (let n = leaf[i]!; n > 0; n = parent[n]!) value += values[k * nodes + n]!
    for (let t = begins[k]!; t < begins[k + 1]!; t += 1) {
      if (can[t]! <= 0) continue
      const each = price[t]! + ((value + ofSite[t]!) * spanMs[t]!) / own[t]!
      if (count > 0 && cost[count - 1] === each) most[count - 1]! += can[t]!
      else {
        cost[count] = each
        most[count] = can[t]!
        count += 1
      }
    }
  }
  let [left, sum] = [wanted, 0]
  while (left > 0) {
    let best = -1
    for (let k = 0; k < count; k += 1) if (most[k]! > 0 && (best < 0 || cost[k]! < cost[best]!)) best = k
    if (best < 0) break
    const take = Math.min(left, most[best]!)
    sum += take * cost[best]!
    left -= take
    most[best] = 0
  }
  return sum
}
