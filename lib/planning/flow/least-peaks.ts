import type { Board } from '../board.ts'
import { sum, urgentFirst } from './greedy.ts'
import { emptyFlow, fillFree, fillUp } from './max-flow.ts'
import type { Network } from './network.ts'
import { addSlopes, type Peaks, siteUnder } from './peaks.ts'

const ROUNDS = 40

/**
 * The least peaks from `from` on under which all that is `wanted` can be given: discrete Newton on minimum cuts. A cut that is too small by
 * some energy says by how much a peak must rise at least (source: Radzik 1998). Of several peaks the one that is cheapest to raise rises.
 */
export const leastFeasible = (board: Board, network: Network, wanted: Float64Array, from: Peaks, limits: Peaks): Peaks => {
  const peaks = from.slice()
  const flow = emptyFlow(network)
  const { demand } = board.input.prices
  const slots = Int32Array.from({ length: network.slots }, (_, t) => t)
  flow.open.fill(1)
  flow.left.set(wanted)
  const order = urgentFirst(network, wanted)
  for (let round = 0; round < ROUNDS; round += 1) {
    siteUnder(board, network, peaks, flow.site)
    fillFree(flow, order, slots)
    fillUp(flow)
    const missing = sum(flow.left)
    if (missing === 0) return peaks
    const perW = peaks.map(() => 0)
    for (let t = 0; t < network.slots; t += 1)
      if (flow.reached[network.seats + t * network.nodes] !== 0) addSlopes(board, network, peaks, t, 1, perW)
    let best = -1
    for (let i = 0; i < peaks.length; i += 1) {
      if (perW[i]! <= 0 || peaks[i]! >= limits[i]!) continue
      if (best < 0 || perW[i]! * demand[best]!.microPerKw > perW[best]! * demand[i]!.microPerKw) best = i
    }
    if (best < 0) return peaks
    peaks[best] = Math.min(limits[best]!, peaks[best]! + Math.max(1, Math.ceil(missing / perW[best]!)))
  }
  return limits.slice()
}
