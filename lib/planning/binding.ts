import { type Board, WH } from './board.ts'
import type { Proven } from './flow/relax.ts'
import { fullNodeOrSite } from './full-node.ts'
import { energyOf, type Schedule, stepsFree } from './schedule.ts'

type Binding = { node: string; slot: number; valueMicroPerKw: number }

/**
 * Nodes without room for one more step of a vehicle that would use it, and what 1 kW more would save there: the value that the cuts of the
 * optimum give the node, where it is one of theirs; else an estimate from single moves.
 */
export const bindingOf = (schedule: Schedule, relaxed?: Proven): Binding[] => {
  const { board, user } = schedule
  const worth = relaxed?.isMoney ? worthOf(board, relaxed) : () => undefined
  const price = board.input.prices.microPerKwh
  const { slots, seats, nodeIds } = board
  const nearOf = nearlyFull(schedule)
  const values = new Float64Array(nodeIds.length * slots).fill(-1)
  for (let v = 0; v < seats.length; v += 1) {
    const { spanMs, maxSteps, path, portIndex, target } = seats[v]!
    const row = schedule.steps[v]!
    const near = nearOf(path)
    const users = user[portIndex]
    let dearest = 0
    for (let t = 0; t < slots; t += 1) if (row[t]! > 0 && spanMs[t]! > 0 && price[t]! > dearest) dearest = price[t]!
    const isMissing = target > energyOf(schedule, v)
    if (dearest === 0 && !isMissing) continue
    let [from, until] = [0, slots]
    while (from < until && spanMs[from] === 0) from += 1
    while (until > from && spanMs[until - 1] === 0) until -= 1
    for (let t = from; t < until; t += 1) {
      if (row[t]! >= maxSteps || (near[t] === 0 && (users === undefined || users[t] === -1 || users[t] === v))) continue
      const saving = Math.max(0, dearest - price[t]!)
      if (saving === 0 && !isMissing) continue
      const value = Math.round((saving * spanMs[t]!) / WH)
      if (isToldAbove(values, path, slots, t, value)) continue
      const n = fullNodeOrSite(schedule, v, t)
      // not where somebody else has told it already
      if (values[n * slots + t]! < value && stepsFree(schedule, v, t) <= row[t]!) values[n * slots + t] = value
    }
  }
  const binding: Binding[] = []
  for (let t = 0; t < slots; t += 1)
    for (let n = 0; n < nodeIds.length; n += 1) {
      const value = values[n * slots + t]!
      if (value >= 0) binding.push({ node: nodeIds[n]!, slot: t, valueMicroPerKw: worth(n, t) ?? value })
    }
  return binding
}

/** Has every node of the path this value already, or more? */
const isToldAbove = (values: Float64Array, path: number[], slots: number, t: number, value: number): boolean => {
  for (let i = 0; i < path.length; i += 1) if (values[path[i]! * slots + t]! < value) return false
  return true
}

/** Could something on a path be in the way of one step more, by slot? Never "no" where something is. */
const nearlyFull = ({ board, room, roomMa, siteW }: Schedule): ((path: number[]) => Uint8Array) => {
  const { slots, seats } = board
  let [leastW, leastMa] = [0, 0]
  for (const { stepW, minSteps, port } of seats) {
    leastW = Math.max(leastW, stepW[Math.min(minSteps, stepW.length - 1)]!)
    leastMa = Math.max(leastMa, port.stepMa * minSteps)
  }
  const near = room.map((row, n) => {
    const is = new Uint8Array(slots)
    for (let t = 0; t < slots; t += 1) if (row[t]! <= leastW || siteW[t]! <= leastW) is[t] = 1
    const rows = roomMa[n]
    if (rows) for (let t = 0; t < slots; t += 1) if (rows.l1[t]! <= leastMa || rows.l2[t]! <= leastMa || rows.l3[t]! <= leastMa) is[t] = 1
    return is
  })
  const known = new Map<number, Uint8Array>()
  return (path) => {
    let is = known.get(path[0]!)
    if (is) return is
    is = new Uint8Array(slots)
    for (const n of path) for (let t = 0; t < slots; t += 1) is[t]! |= near[n]![t]!
    known.set(path[0]!, is)
    return is
  }
}

/** What 1 kW more is worth at a node in a slot, from the cuts. Where a peak is paid for, the root's limit is not told from it. */
const worthOf = ({ input, nodeIds }: Board, { network, values }: Proven): ((node: number, slot: number) => number | undefined) => {
  const { nodes, begins, boardNode, spanMs } = network
  const at = new Int32Array(nodeIds.length).fill(-1)
  for (let n = input.prices.demand.length > 0 ? 1 : 0; n < nodes; n += 1) if (boardNode[n]! >= 0) at[boardNode[n]!] = n
  const slotOf = new Int32Array(spanMs.length)
  for (let k = 0; k < network.slots; k += 1) slotOf.fill(k, begins[k]!, begins[k + 1]!)
  return (node, slot) => (at[node]! < 0 ? undefined : Math.round((values[slotOf[slot]! * nodes + at[node]!]! * spanMs[slot]!) / WH))
}
