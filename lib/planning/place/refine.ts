import type { Board } from '../board.ts'
import { addEnergy } from '../fill.ts'
import { sum } from '../flow/greedy.ts'
import { emptyFlow, type Flow, fillUp } from '../flow/max-flow.ts'
import type { Network } from '../flow/network.ts'
import { mostPeaks, type Peaks, siteUnder } from '../flow/peaks.ts'
import { raisedFor } from '../flow/raise-peaks.ts'
import { energyOf, lackingOf, type Schedule, setSteps, stepsFree } from '../schedule.ts'
import { keepTo } from './keep-to.ts'

/** Prices are taken together into at most so many groups: each asks for a search of its own. */
const GROUPS = 24
/** Times that the peaks are raised for what a cut leaves. */
const ROUNDS = 6

/**
 * What is missing in a schedule, found by augmenting flow on the plan's own slots, all vehicles at once, the cheaper slots first; then what
 * the flow has changed in whole steps, never above it. `network` is that of the plan's own slots and of the seats that may move. Answers
 * the peaks that it took: `peaks`, or what cuts ask for.
 */
export const refined = (
  schedule: Schedule,
  board: Board,
  network: Network,
  { wanted, price, peaks }: { wanted: ArrayLike<number>; price: ArrayLike<number>; peaks: Peaks },
): Peaks => {
  const flow = flowOf(schedule, network, wanted)
  const wasted = wastedIn(schedule, network)
  let own = peaks
  const unit = leastStep(board, network)
  const setSite = () => {
    siteUnder(board, network, own, flow.site)
    // whole steps: all that the flow moves is whole then
    for (let t = 0; t < network.slots; t += 1) {
      const free = flow.site[t]! + network.wasted[t]! - wasted[t]! - flow.through[t * network.nodes]!
      flow.site[t] =
        flow.through[t * network.nodes]! + Math.max(0, Math.floor(free / (unit * network.spanMs[t]!))) * unit * network.spanMs[t]!
    }
  }
  setSite()
  for (const slots of groupsOf(network.slots, price, GROUPS)) {
    for (const t of slots) flow.open[t] = 1
    if (slots.some((t) => flow.through[t * network.nodes]! < flow.site[t]!) && sum(flow.left) > 0) fillUp(flow)
  }
  const limits = mostPeaks(board, network)
  for (let round = 0; round < ROUNDS; round += 1) {
    const higher = raisedFor(board, flow, own, limits)
    if (!higher) break
    own = higher
    setSite()
    fillUp(flow)
  }
  schedule.siteW.set(keepTo(schedule, own, 0).siteW)
  inSteps(schedule, flow)
  for (let i = 0; i < network.seats; i += 1) fillOwn(schedule, network.boardSeat[i]!, wanted[network.boardSeat[i]!]!, price)
  return own
}

/** Energy that limits count though no vehicle takes it: a vehicle that comes or leaves within a slot, the power of which counts for all of it. */
const wastedIn = ({ board, steps }: Schedule, { seats, boardSeat, spanMs, slots }: Network): Float64Array => {
  const wasted = new Float64Array(slots)
  for (let i = 0; i < seats; i += 1) {
    const { stepW, spanMs: own } = board.seats[boardSeat[i]!]!
    const row = steps[boardSeat[i]!]!
    for (let t = 0; t < slots; t += 1) if (row[t]! > 0 && own[t]! < spanMs[t]!) wasted[t]! += stepW[row[t]!]! * (spanMs[t]! - own[t]!)
  }
  return wasted
}

/** What whole steps have taken from a vehicle is given back where it charges anyway, the cheapest slots first. */
export const fillOwn = (schedule: Schedule, v: number, wanted: number, price: ArrayLike<number>): void => {
  const left = wanted - energyOf(schedule, v)
  if (left <= 0) return
  const { maxSteps } = schedule.board.seats[v]!
  const on = schedule.steps[v]!.flatMap((steps, t) => (steps > 0 && steps < maxSteps ? [t] : []))
  on.sort((a, b) => price[a]! - price[b]! || a - b)
  addEnergy(schedule, v, left, on)
}

/** The least step of current of all seats, W. */
const leastStep = (board: Board, { boardSeat }: Network): number => {
  let least = Number.POSITIVE_INFINITY
  for (const v of boardSeat) {
    const { stepW, maxSteps } = board.seats[v]!
    least = Math.min(least, stepW[maxSteps]! / maxSteps)
  }
  return least === Number.POSITIVE_INFINITY ? 1 : least
}

/** The schedule as a flow. */
const flowOf = (schedule: Schedule, network: Network, wanted: ArrayLike<number>): Flow => {
  const { board, steps } = schedule
  const flow = emptyFlow(network)
  const { seats, nodes, slots, leaf, parent, boardSeat } = network
  for (let i = 0; i < seats; i += 1) {
    const v = boardSeat[i]!
    const { stepW, spanMs: own } = board.seats[v]!
    const row = steps[v]!
    let sum = 0
    for (let t = 0; t < slots; t += 1) {
      const k = row[t]!
      if (k === 0) continue
      const energy = stepW[k]! * own[t]!
      sum += energy
      flow.given[t * seats + i] = energy
      for (let n = leaf[i]!; n >= 0; n = parent[n]!) flow.through[t * nodes + n]! += energy
    }
    const unit = (stepW.at(-1)! / (stepW.length - 1)) * board.slotMs
    flow.left[i] = lackingOf(schedule, v, wanted[v]!) > 0 ? Math.max(0, Math.ceil((wanted[v]! - sum) / unit) * unit) : 0
  }
  return flow
}

/** Slots from the cheapest to the dearest, in few groups. */
const groupsOf = (slots: number, price: ArrayLike<number>, most: number): number[][] => {
  const levels = [...new Set(Array.from({ length: slots }, (_, t) => price[t]!))].sort((a, b) => a - b)
  const size = Math.max(1, Math.ceil(levels.length / most))
  const groups = Array.from({ length: Math.ceil(levels.length / size) }, (): number[] => [])
  const group = new Map(levels.map((level, i) => [level, Math.floor(i / size)]))
  for (let t = 0; t < slots; t += 1) groups[group.get(price[t]!)!]!.push(t)
  return groups
}

/** A cell that changes by less than this part of a step stays. */
const NOTHING = 0.01

const inSteps = (schedule: Schedule, flow: Flow): void => {
  const { network, given } = flow
  const { seats, slots, boardSeat, from, until } = network
  const raises: [number, number, number][] = []
  for (let i = 0; i < seats; i += 1) {
    const v = boardSeat[i]!
    const { stepW, spanMs, minSteps, maxSteps } = schedule.board.seats[v]!
    const perStep = stepW[maxSteps]! / maxSteps
    const row = schedule.steps[v]!
    for (let t = from[i]!; t < Math.min(slots, until[i]!); t += 1) {
      const now = row[t]!
      const energy = given[t * seats + i]!
      if (energy === stepW[now]! * spanMs[t]!) continue
      const exact = energy / spanMs[t]! / perStep
      if (Math.abs(exact - now) < NOTHING) continue
      let steps = Math.min(maxSteps, Math.floor(exact + NOTHING))
      if (steps < minSteps) steps = 0
      if (steps < now) setSteps(schedule, v, t, steps)
      else if (steps > now) raises.push([v, t, steps])
    }
  }
  for (const [v, t, steps] of raises) {
    const most = Math.min(steps, stepsFree(schedule, v, t))
    if (most > schedule.steps[v]![t]!) setSteps(schedule, v, t, most)
  }
}
