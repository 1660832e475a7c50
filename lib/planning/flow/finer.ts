import type { Board } from '../board.ts'
import { fillAs, fillFree } from './fills.ts'
import { type Level, levelsOf, sum, urgentFirst } from './greedy.ts'
import { emptyFlow, type Flow, fillUp } from './max-flow.ts'
import { atWidth, type Network } from './network.ts'
import { type Peaks, siteUnder } from './peaks.ts'
import { raisedFor } from './raise-peaks.ts'

/** The optimum on the plan's own slots, and the peaks that it takes. */
export type Fine = { flow: Flow; levels: Level[]; peaks: Peaks }

type Coarse = {
  network: Network
  levels: Level[]
  given: Float64Array
  wanted: Float64Array
  price: ArrayLike<number>
  peaks: Peaks
  most: Peaks
}

/** What is less than this part of all energy is not looked for. */
const NOTHING = 1e-7
/** Times that the peaks are raised for what a cut leaves. */
const ROUNDS = 8

/**
 * A coarse optimum on the plan's own slots: even within each coarse slot, then level by level of price what did not fit is moved; the peaks
 * rise where a cut says so.
 */
export const finer = (board: Board, { network: coarse, levels, given, wanted, price, peaks, most }: Coarse): Fine => {
  const network = atWidth(board, coarse, 1)
  const like = evenly(network, coarse, given)
  const flow = emptyFlow(network)
  const all = sum(wanted)
  const fine = levelsOf(network, price)
  const order = urgentFirst(network, wanted)
  siteUnder(board, network, peaks, flow.site)
  flow.left.set(wanted)
  let next = 0
  let expected = all
  for (const { price: dearest, slots } of fine) {
    for (const t of slots) flow.open[t] = 1
    fillAs(flow, like, slots)
    // as much as the coarse optimum has up to this price is as much as there can be
    for (; next < levels.length && levels[next]!.price <= dearest; next += 1) expected -= givenIn(coarse, given, levels[next]!)
    if (sum(flow.left) <= expected + all * NOTHING) continue
    fillFree(flow, order, slots)
    if (sum(flow.left) > expected + all * NOTHING) fillUp(flow, false)
  }
  let own = peaks
  for (let round = 0; round < ROUNDS && sum(flow.left) > all * NOTHING; round += 1) {
    fillUp(flow)
    const higher = raisedFor(board, flow, own, most)
    if (!higher) break
    own = higher
    siteUnder(board, network, own, flow.site)
  }
  if (own !== peaks) fillUp(flow, false)
  return { flow, levels: fine, peaks: own }
}

const evenly = (network: Network, coarse: Network, given: Float64Array): Float64Array => {
  const { seats, most } = network
  const like = new Float64Array(network.slots * seats)
  for (let k = 0; k < coarse.slots; k += 1)
    for (let i = 0; i < seats; i += 1) {
      const part = given[k * seats + i]! / coarse.most[k * seats + i]!
      if (part > 0)
        for (let t = coarse.begins[k]!; t < coarse.begins[k + 1]!; t += 1) like[t * seats + i] = Math.round(most[t * seats + i]! * part)
    }
  return like
}

const givenIn = ({ seats }: Network, given: Float64Array, { slots }: Level): number => {
  let all = 0
  for (const k of slots) for (let i = 0; i < seats; i += 1) all += given[k * seats + i]!
  return all
}
