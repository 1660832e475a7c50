import type { Board } from '../board.ts'
import { carry } from '../flow/fills.ts'
import { type Level, sum } from '../flow/greedy.ts'
import { type Flow, fillUp } from '../flow/max-flow.ts'
import { mostPeaks, type Peaks, siteUnder } from '../flow/peaks.ts'
import { rankOf } from '../score.ts'
import { EVEN, type Whole } from './in-whole-steps.ts'
import { cheapestRaise, lowered } from './raise.ts'

/** Cuts that are answered by a higher peak. */
const ROUNDS = 12
/** With more cells than this a raise is kept as it is. */
const MOST_LOWERED = 30_000

/** Gives what is left, the cheapest slots first, under the least peaks from `peaks` up that allow it; answers them. */
export const filledUp = (board: Board, whole: Whole, levels: Level[], from: Peaks): Peaks => {
  const { flow, siteStepW, wasted } = whole
  const { network, left, open, reached, site } = flow
  const setSite = (peaks: Peaks) => {
    // no peaks: they are of no concern
    if (peaks.length > 0) siteUnder(board, network, peaks, site)
    else for (let t = 0; t < network.slots; t += 1) site[t] = network.room[t * network.nodes]!
    for (let t = 0; t < network.slots; t += 1) {
      const unit = siteStepW * network.spanMs[t]!
      site[t] = Math.max(flow.through[t * network.nodes]!, Math.floor(Math.max(0, site[t]! - wasted[t]!) / unit + EVEN) * unit)
    }
  }
  setSite(from)
  const byLevel = () => {
    open.fill(0)
    for (const level of levels) {
      for (const t of level.slots) open[t] = 1
      // only the last cut tells which peaks are in the way
      if (sum(left) > 0) fillUp(flow, level === levels.at(-1), level.slots)
    }
  }
  byLevel()
  if (sum(left) > 0 && giveEnds(board, whole)) {
    setSite(from)
    fillUp(flow)
  }
  const limits = from.length === 0 ? [] : mostPeaks(board, network)
  const before = new Float64Array(site.length)
  let peaks = from
  const given = flow.given.slice()
  const through = flow.through.slice()
  const lacking = left.slice()
  for (let round = 0; round < ROUNDS && sum(left) > 0 && peaks.length > 0; round += 1) {
    const missing = sum(left)
    before.set(site)
    /** What the cut gains under these peaks. */
    const gain = (higher: Peaks): number => {
      setSite(higher)
      let gained = 0
      for (let t = 0; t < network.slots; t += 1) if (reached[network.seats + t * network.nodes] !== 0) gained += site[t]! - before[t]!
      return gained
    }
    const higher = cheapestRaise(board, { peaks, limits, siteStepW, missing }, gain)
    setSite(higher ?? peaks)
    if (!higher) break
    peaks = higher
    fillUp(flow)
  }
  if (sum(left) > 0) byRank(board, flow, byLevel)
  else if (peaks !== from && given.length <= MOST_LOWERED)
    peaks = lowered(from, peaks, (tried) => {
      flow.given.set(given)
      flow.bits = undefined
      flow.through.set(through)
      left.set(lacking)
      setSite(tried)
      fillUp(flow)
      return sum(left) === 0
    })
  return peaks
}

/** Where something is left, it is left to the lowest priority: the others are served as if that were not there. */
const byRank = (board: Board, flow: Flow, fill: () => void): void => {
  const { network, given, left } = flow
  const { seats, slots, boardSeat, spanMs } = network
  const rank = Array.from(boardSeat, (v) => rankOf(board.seats[v]!))
  const ranks = [...new Set(rank)].sort((a, b) => b - a)
  const isLeft = (least: number) => rank.some((of, i) => of >= least && left[i]! > 0)
  for (const least of ranks.slice(0, -1)) {
    if (!isLeft(least)) continue
    const lower = rank.flatMap((of, i) => (of < least ? [i] : []))
    const taken = lower.map((i) => {
      let all = left[i]!
      for (let t = 0; t < slots; t += 1) {
        const energy = given[t * seats + i]!
        if (energy === 0 || board.seats[boardSeat[i]!]!.spanMs[t] !== spanMs[t] || spanMs[t] !== board.slotMs) continue
        all += energy
        carry(flow, i, t, -energy)
      }
      left[i] = 0
      return all
    })
    flow.bits = undefined
    fill()
    const still = left.slice()
    left.fill(0)
    lower.forEach((i, x) => {
      left[i] = taken[x]!
    })
    fill()
    for (let i = 0; i < seats; i += 1) left[i]! += still[i]!
  }
}

/** Where nobody else makes use of what a vehicle left alone, it takes it after all: what it has elsewhere is room for others. */
const giveEnds = (board: Board, { flow, stepW, wasted, left: cells }: Whole): boolean => {
  const { network, given, through, left, site } = flow
  const { seats, slots, nodes, boardSeat, leaf, parent, most, room } = network
  let gives = false
  for (const cell of cells) {
    const [t, i] = [Math.floor(cell / seats), cell % seats]
    const { spanMs, minSteps, maxSteps } = board.seats[boardSeat[i]!]!
    if (given[cell]! > 0) continue
    let free = site[t]! - through[t * nodes]!
    for (let n = leaf[i]!; n > 0; n = parent[n]!) free = Math.min(free, room[t * nodes + n]! - through[t * nodes + n]!)
    const unit = stepW[i]! * board.slotMs
    const steps = Math.min(maxSteps, Math.floor(free / unit + EVEN))
    const energy = steps * stepW[i]! * spanMs[t]!
    let freed = Math.floor(energy / unit) * unit
    if (steps < minSteps || freed < unit) continue
    const own = Math.min(left[i]!, freed)
    left[i]! -= own
    freed -= own
    for (let s = slots - 1; s >= 0 && freed > 0; s -= 1) {
      if (spanMs[s] !== board.slotMs) continue
      const less = Math.min(freed, given[s * seats + i]!)
      if (less <= 0) continue
      carry(flow, i, s, -less)
      freed -= less
    }
    carry(flow, i, t, energy)
    most[cell] = energy
    const waste = steps * stepW[i]! * (board.slotMs - spanMs[t]!)
    wasted[t]! += waste
    site[t]! -= waste
    for (let n = leaf[i]!; n > 0; n = parent[n]!) room[t * nodes + n]! -= waste
    gives = true
  }
  flow.bits = undefined
  return gives
}
