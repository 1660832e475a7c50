import { type Board, WH } from '../board.ts'
import { cheapestUnder, type Level, levelsOf, mostFor, type Solved, sum, urgentFirst } from './greedy.ts'
import { leastFeasible } from './least-peaks.ts'
import { type Network, networkOf, widthFor } from './network.ts'
import { leastPeaks, mostPeaks, type Peaks } from './peaks.ts'

/** The best that could be had if power came in any portions: where each vehicle would be given what, and what that would cost at least. */
export type Relaxed = {
  network: Network
  levels: Level[]
  solved: Solved
  /** What each seat of the network can be given at most, higher priorities first. */
  wanted: Float64Array
  peaks: Peaks
  /** No plan that gives each vehicle `wanted` costs less: energy, and what each peak adds above the least it can be. */
  boundMicro: number
  /** Were slots weighed by their price, with the demand charges? */
  isMoney: boolean
}

/** A tangent of the least energy cost: `cost` at `peaks`, falling by `slopes` per W. */
type Tangent = { peaks: Peaks; cost: number; slopes: number[] }

const PEAK_STEPS = 8
/** Nearer than this the peaks are not looked for. */
const NEAR = 0.00005
const MICRO = 1000 * WH

/**
 * Least undelivered energy first (`upTo` = what each seat of the board is to have at most, W·ms), then least cost with all demand charges.
 * Exact on one grid of slots; a coarse grid makes it cheaper than any plan can be, never dearer.
 */
export const relax = (whole: Board, price: ArrayLike<number>, upTo: ArrayLike<number>, { isMoney }: { isMoney: boolean }): Relaxed => {
  const board = isMoney ? whole : withoutDemand(whole)
  const network = networkOf(board, widthFor(board), upTo)
  const levels = levelsOf(network, price)
  const least = leastPeaks(board)
  const most = mostPeaks(board, network)
  const wanted = deliverable(
    board,
    network,
    Float64Array.from(network.boardSeat, (v) => upTo[v]!),
    most,
  )
  if (least.length === 0) {
    const solved = cheapestUnder(board, network, levels, wanted, [])
    return { network, levels, solved, wanted, peaks: [], boundMicro: solved.cost / MICRO, isMoney }
  }
  return withPeaks(board, { network, levels, wanted, least, most })
}

const withoutDemand = (board: Board): Board => ({ ...board, input: { ...board.input, prices: { ...board.input.prices, demand: [] } } })

type Question = { network: Network; levels: Level[]; wanted: Float64Array; least: Peaks; most: Peaks }

const withPeaks = (board: Board, { network, levels, wanted, least, most }: Question): Relaxed => {
  const { demand } = board.input.prices
  // no plan has one peak lower than it must be with all others free
  const floor = least.map((from, i) =>
    least.length === 1
      ? from
      : leastFeasible(
          board,
          network,
          wanted,
          most.map((free, k) => (k === i ? from : free)),
          most,
        )[i]!,
  )
  const start = leastFeasible(board, network, wanted, floor, most)
  const low = least.length === 1 ? start : floor
  const charge = (peaks: Peaks) => demand.reduce((sum, { microPerKw }, i) => sum + ((peaks[i]! - least[i]!) * microPerKw) / 1000, 0)
  const tangents: Tangent[] = []
  let best: { solved: Solved; peaks: Peaks; total: number } | undefined
  const attempt = (peaks: Peaks): Solved => {
    const solved = cheapestUnder(board, network, levels, wanted, peaks)
    tangents.push({ peaks, cost: solved.cost / MICRO, slopes: solved.slopes.map((slope) => slope / MICRO) })
    const total = solved.cost / MICRO + charge(peaks)
    if (solved.missing === 0 && (!best || total < best.total)) best = { solved, peaks, total }
    return solved
  }
  attempt(start)
  const bound = () =>
    leastOf(
      tangents,
      demand.map(({ microPerKw }) => microPerKw / 1000),
      { least, low, most },
    )
  for (let step = 0; step < PEAK_STEPS; step += 1) {
    const lowest = bound()
    if (!best || best.total - lowest.cost <= Math.abs(best.total) * NEAR) break
    // the lowest point of all tangents; where they do not bend between two, the last one's far end
    const at = lowest.peaks.map((peak, i) => Math.min(most[i]!, Math.max(start[i]!, Math.round(peak))))
    if (tangents.some(({ peaks }) => peaks.every((peak, i) => peak === at[i]))) break
    attempt(at)
  }
  return {
    network,
    levels,
    solved: best!.solved,
    wanted,
    peaks: best!.peaks,
    boundMicro: Math.min(best!.total, bound().cost),
    isMoney: true,
  }
}

/**
 * The lowest point of what all tangents allow, with the charge for the peaks, between the bounds. One tangent is lowest in a corner; two are
 * mixed so that neither end is preferred. Any mix is a lower bound: the best one found counts.
 */
const leastOf = (tangents: Tangent[], perW: number[], { least, low, most }: { least: Peaks; low: Peaks; most: Peaks }) => {
  let best = { cost: Number.NEGATIVE_INFINITY, peaks: low }
  const consider = (a: Tangent, b: Tangent, share: number) => {
    let cost = 0
    const peaks: Peaks = []
    perW.forEach((rate, i) => {
      const slope = rate - (share * a.slopes[i]! + (1 - share) * b.slopes[i]!)
      peaks[i] = slope >= 0 ? low[i]! : most[i]!
      cost += slope * peaks[i]! - rate * least[i]! + share * a.slopes[i]! * a.peaks[i]! + (1 - share) * b.slopes[i]! * b.peaks[i]!
    })
    cost += share * a.cost + (1 - share) * b.cost
    if (cost > best.cost) best = { cost, peaks: share > 0 && share < 1 ? between(a, b, peaks) : peaks }
  }
  for (const a of tangents) {
    consider(a, a, 1)
    for (const b of tangents) {
      // where one peak's slope vanishes in the mix
      perW.forEach((rate, i) => {
        const share = (rate - b.slopes[i]!) / (a.slopes[i]! - b.slopes[i]!)
        if (share > 0 && share < 1) consider(a, b, share)
      })
    }
  }
  return best
}

/** Where two tangents meet, on the way from one's peaks to the other's. */
const between = (a: Tangent, b: Tangent, otherwise: Peaks): Peaks => {
  const value = (tangent: Tangent, peaks: Peaks) =>
    tangent.cost - tangent.slopes.reduce((sum, slope, i) => sum + slope * (peaks[i]! - tangent.peaks[i]!), 0)
  const gapAt = (peaks: Peaks) => value(a, peaks) - value(b, peaks)
  const [x, y] = [gapAt(a.peaks), gapAt(b.peaks)]
  if (x === y) return otherwise
  const share = x / (x - y)
  return a.peaks.map((peak, i) => peak + (b.peaks[i]! - peak) * Math.min(1, Math.max(0, share)))
}

/** So many groups are served one after the other where not all can be ready. */
const MOST_GROUPS = 250

/**
 * What can be given at any price. Only where not all can be ready it matters who is first: higher priority, then less time to spare; so the
 * shortfall falls on few.
 */
const deliverable = (board: Board, network: Network, wanted: Float64Array, most: Peaks): Float64Array => {
  const order = urgentFirst(network, wanted)
  const together = mostFor(board, network, wanted, [order], most)
  if (sum(together) >= sum(wanted)) return wanted
  const seat = (v: number) => board.seats[network.boardSeat[v]!]!
  const rank = (v: number) => (seat(v).need.chargeFirst ? Number.MAX_VALUE : seat(v).need.priority)
  const spare = (v: number) => seat(v).need.departs - wanted[v]! / (seat(v).stepW.at(-1) || 1)
  const queue = order.toSorted((a, b) => rank(b) - rank(a) || spare(a) - spare(b) || a - b)
  const size = Math.ceil(queue.length / MOST_GROUPS)
  const groups: Int32Array[] = []
  for (let from = 0; from < queue.length; ) {
    let until = from + 1
    while (until < queue.length && until - from < size && rank(queue[until]!) === rank(queue[from]!)) until += 1
    groups.push(queue.slice(from, until))
    from = until
  }
  return mostFor(board, network, wanted, groups, most)
}
