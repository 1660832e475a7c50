import type { Board } from '../board.ts'
import { carry } from '../flow/fills.ts'
import { emptyFlow, type Flow } from '../flow/max-flow.ts'
import { atWidth, type Network } from '../flow/network.ts'
import type { Peaks } from '../flow/peaks.ts'
import type { Relaxed } from '../flow/relax.ts'
import { copyOf, type Schedule } from '../schedule.ts'
import { filledUp } from './filled-up.ts'
import { keepTo } from './keep-to.ts'
import { settle } from './settle.ts'
import { underLines } from './under-lines.ts'

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
  roundDown(board, whole, wanted, price)
  whole.peaks = filledUp(board, whole, levels, peaks)
  underLines(schedule, whole, levels)
  return whole
}

/** Whole but for what numbers lose. */
export const EVEN = 1e-6

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
const roundDown = (board: Board, { flow, stepW }: Whole, wanted: ArrayLike<number>, price: ArrayLike<number>): void => {
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
    const lacks = Math.round((wanted[boardSeat[i]!]! - parts - all) / whole) * whole
    left[i] = Math.max(0, lacks)
    if (lacks < 0) giveBack(board, flow, i, -lacks, price)
  }
}

/** What parts of slots give a seat more than the flow had there it has less elsewhere, the dearest slots first. */
const giveBack = (board: Board, flow: Flow, i: number, energy: number, price: ArrayLike<number>): void => {
  const { given, network } = flow
  const { seats, slots, spanMs } = network
  for (let less = energy; less > 0; ) {
    let dearest = -1
    for (let t = slots - 1; t >= 0; t -= 1)
      if (spanMs[t] === board.slotMs && given[t * seats + i]! > 0 && (dearest < 0 || price[t]! > price[dearest]!)) dearest = t
    if (dearest < 0) return
    const off = Math.min(less, given[dearest * seats + i]!)
    carry(flow, i, dearest, -off)
    less -= off
  }
}
