import type { Board } from './board.ts'
import { siteLoadW } from './cost.ts'
import type { Schedule } from './schedule.ts'

const BISECTIONS = 6

/**
 * The same board with the roots' room lowered to some peaks between what is paid for already and what `schedule` would make, in the slots
 * where the peak is charged: the least peak that `feasible` allows, and two above it. `targetW` (a learned peak) is never gone below.
 */
export const boardsUnderPeaks = (schedule: Schedule, feasible: (board: Board) => boolean): Board[] => {
  const load = siteLoadW(schedule)
  const under = (share: number) => boardUnder(schedule.board, load, share)
  if (feasible(under(0))) return [under(0), under(1 / 3)]
  let [infeasible, least] = [0, 1]
  for (let i = 0; i < BISECTIONS; i += 1) {
    const middle = (infeasible + least) / 2
    if (feasible(under(middle))) least = middle
    else infeasible = middle
  }
  return [least, least + (1 - least) / 4, least + (1 - least) / 2].map(under)
}

/** `share` 0 = the peak paid for already (or the target), 1 = the peak of `load`. */
const boardUnder = (board: Board, load: number[], share: number): Board => {
  const { input } = board
  const roots = new Set(board.seats.map(({ path }) => path.at(-1)!))
  const room = board.room.map((row) => row.slice())
  for (const { slots, peakSoFarW, targetW } of input.prices.demand) {
    const low = Math.max(peakSoFarW, targetW ?? 0)
    const high = load.reduce((most, w, t) => (slots[t] ? Math.max(most, w) : most), low)
    const capW = Math.floor(low + (high - low) * share)
    for (const root of roots) {
      // the room of a root is its limit less base load and reserves: lowered by as much as the peak lies under the limit
      for (let t = 0; t < board.slots; t += 1)
        if (slots[t]) room[root]![t] = Math.min(room[root]![t]!, board.room[root]![t]! - (input.nodes[root]!.limitW[t]! - capW))
    }
  }
  return { ...board, room }
}
