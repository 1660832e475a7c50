import { boardOfSome } from './around.ts'
import type { Board } from './board.ts'
import { clearSeat, giveRow } from './fill.ts'
import { fullNodeOrSite } from './full-node.ts'
import { keepTo } from './place/keep-to.ts'
import { copyOf, missingOf, type Schedule, stepsFree } from './schedule.ts'

// In a large depot vehicles are late where one circuit is tight: there a few are planned anew, as if the circuit were a depot of its own in
// what all others leave.

/** Seats × slots under one node that are planned anew, and under all of them together: bounded by work, never by the clock. */
const MOST_CELLS = 3_000
const MOST_CELLS_IN_ALL = 6_000

/** The same schedule with those under a tight node planned anew by `anew` where somebody there is late, if `isBetter` for that. */
export const withLateNodes = (
  schedule: Schedule,
  anew: (board: Board) => Schedule,
  isBetter: (other: Schedule, than: Schedule) => boolean,
  mostCells = MOST_CELLS_IN_ALL,
): Schedule => {
  let best = schedule
  let cells = mostCells
  const seen = new Set<number>()
  for (const v of lateFirst(schedule)) {
    if (missingOf(best, v) === 0) continue
    const node = tightNode(best, v)
    if (node === undefined || seen.has(node)) continue
    seen.add(node)
    const under = seatsUnder(best.board, node)
    cells -= under.length * best.board.slots
    if (cells < 0) break
    const next = replanned(best, under, anew)
    if (isBetter(next, best)) best = next
  }
  return best
}

/** Who is late, those first who miss least: they can be ready most easily. */
const lateFirst = (schedule: Schedule): number[] => {
  const missing = schedule.board.seats.map((_, v) => missingOf(schedule, v))
  return [...missing.keys()].filter((v) => missing[v]! > 0).sort((a, b) => missing[a]! - missing[b]! || a - b)
}

/** The highest node that is in the way of a late vehicle, if it has few enough below it: where the site is full, a few alone can mend nothing. */
const tightNode = (schedule: Schedule, v: number): number | undefined => {
  const { board, steps } = schedule
  const { path, spanMs, maxSteps, minSteps } = board.seats[v]!
  const isFull = new Set<number>()
  for (let t = 0; t < board.slots; t += 1) {
    if (spanMs[t] === 0 || steps[v]![t]! >= maxSteps) continue
    if (stepsFree(schedule, v, t) < Math.max(minSteps, steps[v]![t]! + 1)) isFull.add(fullNodeOrSite(schedule, v, t))
  }
  const highest = path.findLast((node) => isFull.has(node))
  return highest !== undefined && seatsUnder(board, highest).length * board.slots <= MOST_CELLS ? highest : undefined
}

const seatsUnder = ({ seats }: Board, node: number): number[] => seats.flatMap(({ path }, v) => (path.includes(node) ? [v] : []))

const replanned = (schedule: Schedule, under: number[], anew: (board: Board) => Schedule): Schedule => {
  const next = keepTo(copyOf(schedule), [], 0)
  for (const v of under) clearSeat(next, v)
  const { steps } = anew(boardOfSome(next, under))
  under.forEach((v, i) => {
    giveRow(next, v, steps[i]!)
  })
  return next
}
