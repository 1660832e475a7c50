import type { Board } from '../board.ts'
import { fillAs, fillFree } from './fills.ts'
import { emptyFlow, type Flow, fillUp } from './max-flow.ts'
import type { Network } from './network.ts'
import { addSlopes, type Peaks, siteUnder } from './peaks.ts'

// What all vehicles can be given together in some slots is a polymatroid: filling the slots from the best to the worst, each as far as it
// goes with augmenting flow, is exact (source: Edmonds 1970; Federgruen & Groenevelt 1986). So is serving vehicles from the first to the last.

/** Slots of equal price, from the cheapest to the dearest. */
export type Level = { price: number; slots: Int32Array }

export type Solved = {
  flow: Flow
  /** Σ price × energy. */
  cost: number
  /** What the cost would fall if each peak were 1 W higher. */
  slopes: number[]
  /** The same for 1 W·ms more of each node and slot: `values[t * nodes + n]`. */
  values: Float64Array
  /** What each seat still wants. */
  missing: number
}

/** A coarse slot costs what its cheapest part does. */
export const levelsOf = (network: Network, price: ArrayLike<number>): Level[] => {
  const of = new Map<number, number[]>()
  for (let k = 0; k < network.slots; k += 1) {
    let least = Number.POSITIVE_INFINITY
    for (let t = network.begins[k]!; t < network.begins[k + 1]!; t += 1) least = Math.min(least, price[t]!)
    const slots = of.get(least)
    if (slots) slots.push(k)
    else of.set(least, [k])
  }
  return [...of].sort(([a], [b]) => a - b).map(([level, slots]) => ({ price: level, slots: Int32Array.from(slots) }))
}

/** Seats from the one that must go first. */
export const urgentFirst = ({ seats, until, from, most }: Network, wanted: Float64Array): Int32Array => {
  const spare = new Float64Array(seats)
  const order = new Int32Array(seats)
  for (let v = 0; v < seats; v += 1) {
    let all = 0
    for (let t = from[v]!; t < until[v]!; t += 1) all += most[t * seats + v]!
    spare[v] = all === 0 ? 0 : 1 - wanted[v]! / all
    order[v] = v
  }
  return order.sort((a, b) => until[a]! - until[b]! || spare[a]! - spare[b]! || a - b)
}

/** Least cost of giving `wanted` while the site keeps to `peaks`. `like`: what each cell has in an answer to a question nearly the same; `order`: `urgentFirst`. */
export const cheapestUnder = (
  board: Board,
  network: Network,
  levels: Level[],
  wanted: Float64Array,
  peaks: Peaks,
  { like, order = urgentFirst(network, wanted) }: { like?: Float64Array | undefined; order?: Int32Array } = {},
): Solved => {
  const flow = emptyFlow(network)
  const { seats, nodes, slots, parent } = network
  const slopes = peaks.map(() => 0)
  const values = new Float64Array(slots * nodes)
  siteUnder(board, network, peaks, flow.site)
  flow.left.set(wanted)
  let missing = sum(flow.left)
  let cost = 0
  for (let i = 0; i < levels.length && missing > 0; i += 1) {
    const { price, slots: opened } = levels[i]!
    for (const t of opened) flow.open[t] = 1
    if (like) fillAs(flow, like, opened)
    fillFree(flow, order, opened)
    fillUp(flow, true, opened)
    const now = sum(flow.left)
    cost += (missing - now) * price
    missing = now
    const dearer = levels[i + 1]
    if (missing === 0 || !dearer) break
    // the cut that keeps the rest out of these slots
    const saves = dearer.price - price
    for (let t = 0; t < slots; t += 1) {
      if (flow.open[t] === 0) continue
      for (let n = 0; n < nodes; n += 1) {
        const at = seats + t * nodes + n
        if (flow.reached[at] === 0 || (n > 0 && flow.reached[at - n + parent[n]!] !== 0)) continue
        values[t * nodes + n]! += saves
        if (n === 0) addSlopes(board, network, peaks, t, saves, slopes)
      }
    }
  }
  return { flow, cost, slopes, values, missing }
}

/** As much as can be given at any price, those first that stand first in `groups`; what each gets. */
export const mostFor = (board: Board, network: Network, wanted: Float64Array, groups: Int32Array[], peaks: Peaks): Float64Array => {
  const flow = emptyFlow(network)
  siteUnder(board, network, peaks, flow.site)
  flow.open.fill(1)
  const slots = Int32Array.from({ length: network.slots }, (_, t) => t)
  for (const group of groups) {
    for (const v of group) flow.left[v] = wanted[v]!
    fillFree(flow, group, slots)
    if (group.some((v) => flow.left[v]! > 0)) fillUp(flow, false)
    // whoever was not served now is not served later: what others do not take is worth nothing to it
    for (const v of group) flow.left[v] = 0
  }
  const got = new Float64Array(network.seats)
  for (let t = 0; t < network.slots; t += 1) for (let v = 0; v < network.seats; v += 1) got[v]! += flow.given[t * network.seats + v]!
  return got
}

export const sum = (values: Float64Array): number => {
  let all = 0
  for (let i = 0; i < values.length; i += 1) all += values[i]!
  return all
}
