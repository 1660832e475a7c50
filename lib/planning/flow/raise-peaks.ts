import type { Board } from '../board.ts'
import { sum } from './greedy.ts'
import type { Flow } from './max-flow.ts'
import { addSlopes, type Peaks } from './peaks.ts'

/** The peaks that the last cut asks for, so that what is left can be given; undefined when nothing is left or no peak is in the way. */
export const raisedFor = (board: Board, { network, left, reached }: Flow, peaks: Peaks, limits: Peaks): Peaks | undefined => {
  const missing = sum(left)
  if (missing <= 0) return undefined
  const { demand } = board.input.prices
  const perW = peaks.map(() => 0)
  for (let t = 0; t < network.slots; t += 1)
    if (reached[network.seats + t * network.nodes] !== 0) addSlopes(board, network, peaks, t, 1, perW)
  let best = -1
  for (let i = 0; i < peaks.length; i += 1) {
    if (perW[i]! <= 0 || peaks[i]! >= limits[i]!) continue
    if (best < 0 || perW[i]! * demand[best]!.microPerKw > perW[best]! * demand[i]!.microPerKw) best = i
  }
  if (best < 0) return undefined
  const higher = peaks.slice()
  higher[best] = Math.min(limits[best]!, peaks[best]! + Math.max(1, Math.ceil(missing / perW[best]!)))
  return higher
}
