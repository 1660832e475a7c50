import { addEnergy } from '../fill.ts'
import { emptyFlow, type Flow, fillUp } from '../flow/max-flow.ts'
import type { Network } from '../flow/network.ts'
import { energyOf, lackingOf, type Schedule, setSteps, stepsFree } from '../schedule.ts'

/** Prices are taken together into at most so many groups: each asks for a search of its own. */
const GROUPS = 4
/** A cell that changes by less than this part of a step stays. */
const NOTHING = 1e-6

/**
 * What is missing in a schedule, found by augmenting flow on the plan's own slots, all vehicles at once, the cheaper slots first; then what
 * the flow has changed in whole steps, never above it. `network` is that of the plan's own slots.
 */
export const refined = (
  schedule: Schedule,
  network: Network,
  wanted: ArrayLike<number>,
  price: ArrayLike<number>,
  mayMove: (v: number) => boolean,
): void => {
  const flow = flowOf(schedule, network, wanted, mayMove)
  const groups = groupsOf(network.slots, price)
  for (const slots of groups) {
    for (const t of slots) flow.open[t] = 1
    if (flow.left.every((left) => left <= 0)) break
    fillUp(flow)
  }
  inSteps(schedule, flow, mayMove)
  for (let i = 0; i < network.seats; i += 1)
    if (mayMove(network.boardSeat[i]!)) fillOwn(schedule, network.boardSeat[i]!, wanted[network.boardSeat[i]!]!, price)
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

/** The schedule as a flow; who may not move is not in it, its room is taken away. */
const flowOf = ({ board, steps, siteW }: Schedule, network: Network, wanted: ArrayLike<number>, mayMove: (v: number) => boolean): Flow => {
  const flow = emptyFlow(network)
  const { seats, nodes, slots, leaf, parent, boardSeat, spanMs } = network
  const drawn = new Float64Array(slots)
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
      drawn[t]! += energy
      flow.given[t * seats + i] = energy
      for (let n = leaf[i]!; n >= 0; n = parent[n]!) flow.through[t * nodes + n]! += energy
    }
    flow.left[i] = mayMove(v) && lackingOf({ board, steps } as Schedule, v, wanted[v]!) > 0 ? Math.max(0, wanted[v]! - sum) : 0
  }
  for (let t = 0; t < slots; t += 1) flow.site[t] = Math.min(flow.site[t]!, drawn[t]! + Math.max(0, siteW[t]!) * spanMs[t]!)
  return flow
}

/** Slots from the cheapest to the dearest, in few groups. */
const groupsOf = (slots: number, price: ArrayLike<number>): number[][] => {
  const levels = [...new Set(Array.from({ length: slots }, (_, t) => price[t]!))].sort((a, b) => a - b)
  const size = Math.max(1, Math.ceil(levels.length / GROUPS))
  const groups = Array.from({ length: Math.ceil(levels.length / size) }, (): number[] => [])
  const group = new Map(levels.map((level, i) => [level, Math.floor(i / size)]))
  for (let t = 0; t < slots; t += 1) groups[group.get(price[t]!)!]!.push(t)
  return groups
}

const inSteps = (schedule: Schedule, flow: Flow, mayMove: (v: number) => boolean): void => {
  const { network, given } = flow
  const { seats, slots, boardSeat } = network
  const raises: [number, number, number][] = []
  for (let i = 0; i < seats; i += 1) {
    const v = boardSeat[i]!
    if (!mayMove(v)) continue
    const { stepW, spanMs, minSteps, maxSteps } = schedule.board.seats[v]!
    const perStep = stepW[maxSteps]! / maxSteps
    for (let t = 0; t < slots; t += 1) {
      const span = spanMs[t]!
      if (span === 0) continue
      const now = schedule.steps[v]![t]!
      const exact = given[t * seats + i]! / span / perStep
      if (Math.abs(exact - now) < NOTHING * maxSteps + 0.01) continue
      let steps = Math.min(maxSteps, Math.floor(exact + 0.01))
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
