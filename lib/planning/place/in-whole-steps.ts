import type { Board } from '../board.ts'
import { type Level, sum } from '../flow/greedy.ts'
import { emptyFlow, type Flow, fillUp } from '../flow/max-flow.ts'
import { atWidth, type Network } from '../flow/network.ts'
import { mostPeaks, type Peaks, siteUnder } from '../flow/peaks.ts'
import type { Relaxed } from '../flow/relax.ts'
import { copyOf, type Schedule } from '../schedule.ts'
import { rankOf } from '../score.ts'
import { keepTo } from './keep-to.ts'
import { settle } from './settle.ts'

/** Peaks are raised in such parts of a step of current, then in such parts of the raise, by such a part of the highest for one cut. */
const PARTS = 0.125
const GROWTH = 0.1
const MOST_RAISE = 0.5
/** A raise of so many steps that gains nothing is in the way of nobody. */
const WITHOUT_GAIN = 2
/** Then as little of it is kept as serves all, in so many halvings, where there are at most so many cells. */
const HALVINGS = 4
const MOST_LOWERED = 30_000
/** So many peaks are tried in all ways together. */
const MOST_TOGETHER = 3
/** Cuts that are answered by a higher peak. */
const ROUNDS = 12

/** A flow in whole steps, and the peaks that it keeps. */
export type Whole = {
  flow: Flow
  peaks: Peaks
  stepW: Float64Array
  siteStepW: number
  /** What limits count of the site though nobody takes it, in slots in which a vehicle comes or goes. */
  wasted: Float64Array
  /** Cells (`t * seats + i`) that are left alone, the longest first. */
  left: number[]
}

/**
 * The optimum in whole steps and whole slots: what limits cannot carry in whole steps they do not carry, and a vehicle with time to spare
 * leaves the slots alone in which it comes and goes, where power is scarce, since limits count what it draws there for all of the slot.
 * With equal steps all amounts of a flow are whole ones (source: Hoffman & Kruskal 1956). Peaks are raised as little as that takes.
 */
export const inWholeSteps = (schedule: Schedule, relaxed: Relaxed, wanted: ArrayLike<number>, price: ArrayLike<number>): Whole => {
  const { board } = schedule
  const { flow: fine, levels, peaks } = relaxed.fine
  const all = fine.network
  // what vehicles waste in parts of slots is counted here as it comes
  const loose = atWidth(board, relaxed.loose, 1)
  const stepW = Float64Array.from(all.boardSeat, (v) => board.seats[v]!.stepW[board.seats[v]!.maxSteps]! / board.seats[v]!.maxSteps)
  const network = { ...loose, most: all.most.slice() }
  const nodeStepW = stepsOfNodes(network, stepW)
  for (let t = 0; t < network.slots; t += 1)
    for (let n = 1; n < network.nodes; n += 1) {
      const unit = nodeStepW[n]! * network.spanMs[t]!
      network.room[t * network.nodes + n] = Math.floor(network.room[t * network.nodes + n]! / unit + EVEN) * unit
    }
  const flow = emptyFlow(network)
  flow.given.set(fine.given)
  flow.site.set(fine.site)
  const wasted = new Float64Array(network.slots)
  const whole: Whole = { flow, peaks, stepW, siteStepW: nodeStepW[0]!, wasted, left: endsLeft(board, loose, all) }
  fixParts(schedule, whole, fine, price)
  roundDown(board, whole, wanted)
  whole.peaks = filledUp(board, whole, levels, peaks)
  return whole
}

/** Whole but for what numbers lose. */
const EVEN = 1e-6

/** The least step of those under each node. */
const stepsOfNodes = ({ seats, nodes, leaf, parent }: Network, stepW: Float64Array): Float64Array => {
  const least = new Float64Array(nodes).fill(Number.POSITIVE_INFINITY)
  for (let i = 0; i < seats; i += 1) for (let n = leaf[i]!; n >= 0; n = parent[n]!) least[n] = Math.min(least[n]!, stepW[i]!)
  for (let n = 0; n < nodes; n += 1) if (least[n] === Number.POSITIVE_INFINITY) least[n] = 1
  return least
}

/** Parts of slots that the optimum leaves alone, the longest first. */
const endsLeft = (board: Board, loose: Network, counted: Network): number[] => {
  const { seats, boardSeat } = loose
  const cells: number[] = []
  for (let cell = 0; cell < loose.most.length; cell += 1) if (loose.most[cell]! > 0 && counted.most[cell] === 0) cells.push(cell)
  const span = (cell: number) => board.seats[boardSeat[cell % seats]!]!.spanMs[Math.floor(cell / seats)]!
  return cells.sort((a, b) => span(b) - span(a) || a - b)
}

/** What is given in parts of slots is no whole number of steps in whole slots: it is settled first, and stays. */
const fixParts = (schedule: Schedule, { flow, stepW, peaks, wasted }: Whole, fine: Flow, price: ArrayLike<number>): void => {
  const { board } = schedule
  const { network, given } = flow
  const { seats, nodes, boardSeat, most, from, until, leaf, parent, room } = network
  if (board.firstSpanMs < board.slotMs) {
    const first = keepTo(copyOf(schedule), peaks, 0)
    settle(first, { ...fine, network }, price, { end: 1 })
    for (let i = 0; i < seats; i += 1) {
      const { stepW: powers, spanMs } = board.seats[boardSeat[i]!]!
      given[i] = most[i]! === 0 ? 0 : powers[first.steps[boardSeat[i]!]![0]!]! * spanMs[0]!
      most[i] = given[i]!
    }
  }
  for (let i = 0; i < seats; i += 1) {
    const { spanMs } = board.seats[boardSeat[i]!]!
    for (const t of [from[i]!, until[i]! - 1]) {
      if (t < 1 || spanMs[t]! === board.slotMs || !(spanMs[t]! > 0)) continue
      const unit = stepW[i]! * spanMs[t]!
      given[t * seats + i] = Math.floor(Math.min(most[t * seats + i]!, given[t * seats + i]!) / unit + EVEN) * unit
      most[t * seats + i] = given[t * seats + i]!
      const waste = (given[t * seats + i]! / spanMs[t]!) * (board.slotMs - spanMs[t]!)
      wasted[t]! += waste
      for (let n = leaf[i]!; n > 0; n = parent[n]!) room[t * nodes + n] = Math.max(0, room[t * nodes + n]! - waste)
    }
  }
}

/** Each amount down to whole steps, none above what is allowed; what is missing then is left to be given. */
const roundDown = (board: Board, { flow, stepW }: Whole, wanted: ArrayLike<number>): void => {
  const { network, given, through, left } = flow
  const { seats, nodes, slots, boardSeat, leaf, parent, most, room } = network
  for (let i = 0; i < seats; i += 1) {
    const { spanMs } = board.seats[boardSeat[i]!]!
    const whole = stepW[i]! * board.slotMs
    let [all, parts] = [0, 0]
    for (let t = 0; t < slots; t += 1) {
      const at = t * seats + i
      if (spanMs[t] === board.slotMs) {
        most[at] = Math.floor(most[at]! / whole + EVEN) * whole
        let amount = Math.min(most[at]!, given[at]!)
        for (let n = leaf[i]!; n > 0; n = parent[n]!) amount = Math.min(amount, room[t * nodes + n]! - through[t * nodes + n]!)
        given[at] = Math.max(0, Math.floor(amount / whole + EVEN) * whole)
        all += given[at]!
      } else parts += given[at]!
      if (given[at]! > 0) for (let n = leaf[i]!; n >= 0; n = parent[n]!) through[t * nodes + n]! += given[at]!
    }
    left[i] = Math.max(0, Math.round((wanted[boardSeat[i]!]! - parts - all) / whole) * whole)
  }
}

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
      if (sum(left) > 0) fillUp(flow)
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

/** The raise from cut to cut is more than it takes: as little of it as serves all, of all peaks together and then of each. */
const lowered = (from: Peaks, peaks: Peaks, serves: (peaks: Peaks) => boolean): Peaks => {
  const at = (parts: number[]) => peaks.map((peak, i) => Math.ceil(from[i]! + (peak - from[i]!) * parts[i]!))
  let parts = peaks.map(() => 1)
  for (const set of [peaks.map(() => true), ...(peaks.length > 1 ? peaks.map((_, k) => peaks.map((_, i) => i === k)) : [])]) {
    const part = (k: number) => parts.map((each, i) => (set[i] ? Math.min(each, k) : each))
    let [low, high] = [0, Math.max(...parts.filter((_, i) => set[i]))]
    if (serves(at(part(0)))) high = 0
    for (let i = 0; i < HALVINGS && high > 0; i += 1) {
      const middle = (low + high) / 2
      if (serves(at(part(middle)))) high = middle
      else low = middle
    }
    parts = part(high)
  }
  const least = at(parts)
  serves(least)
  return least
}

/** Where something is left, it is left to the lowest priority: the others are served as if that were not there. */
const byRank = (board: Board, flow: Flow, fill: () => void): void => {
  const { network, given, through, left } = flow
  const { seats, slots, nodes, boardSeat, leaf, parent, spanMs } = network
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
        given[t * seats + i] = 0
        for (let n = leaf[i]!; n >= 0; n = parent[n]!) through[t * nodes + n]! -= energy
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

const carry = ({ network, given, through }: Flow, i: number, t: number, amount: number): void => {
  const { seats, nodes, leaf, parent } = network
  given[t * seats + i]! += amount
  for (let n = leaf[i]!; n >= 0; n = parent[n]!) through[t * nodes + n]! += amount
}

type Raise = { peaks: Peaks; limits: Peaks; siteStepW: number; missing: number }

/** Of all that lets the cut take what is missing, the cheapest; where none does, what gains most. */
const cheapestRaise = (board: Board, { peaks, limits, siteStepW, missing }: Raise, gain: (peaks: Peaks) => number): Peaks | undefined => {
  const { demand } = board.input.prices
  const mostW = Math.max(...peaks) * MOST_RAISE + siteStepW * 2
  let best: { peaks: Peaks; gained: number; cost: number } | undefined
  const together = peaks.length > MOST_TOGETHER ? [...peaks.map((_, i) => 1 << i), 2 ** peaks.length - 1] : []
  for (const set of together.length > 0 ? together : Array.from({ length: 2 ** peaks.length - 1 }, (_, i) => i + 1)) {
    for (let byW = PARTS * siteStepW; byW <= mostW; byW += Math.max(PARTS * siteStepW, byW * GROWTH)) {
      const higher = peaks.map((peak, i) => ((set >> i) & 1 ? Math.min(limits[i]!, Math.ceil(peak + byW)) : peak))
      const gained = Math.min(missing, gain(higher))
      const cost = higher.reduce((all, peak, i) => all + (peak - peaks[i]!) * demand[i]!.microPerKw, 0)
      if (gained <= 0 && byW >= WITHOUT_GAIN * siteStepW) break
      if (best && best.gained >= gained && best.cost <= cost) {
        if (best.gained >= missing) break
        continue
      }
      if (gained > 0 && (!best || gained > best.gained || cost < best.cost)) best = { peaks: higher, gained, cost }
      if (gained >= missing) break
    }
  }
  return best?.peaks
}
