import { minutes } from '#lib/time/instant.ts'
import { type Circuit, type Milliamps, type Phase, powerAt, type Watts } from '#lib/units/units.ts'
import { type Need, type PlanningInput, type PlanningNode, type PlanningPort, slotAt } from './input.ts'
import { leastSteps, stepsAtMost } from './set-point.ts'

// The planner's working picture of one input: whole numbers only (W, mA, and energy in W·ms), so that a plan replays bit for bit.

export const LINES: Phase[] = ['l1', 'l2', 'l3']

/** 1 Wh in W·ms. */
export const WH = 3_600_000

/** A vehicle that can be planned for: plugged (or soon) at a port that can be reached. */
export type Seat = {
  need: Need
  port: PlanningPort
  portIndex: number
  /** Node indexes from the port's node to the root. */
  path: number[]
  /** Its conductors at those of them that are limited in A: node × 3 + phase. */
  lines: Int32Array
  circuit: Circuit
  usedPhases: Phase[]
  minSteps: number
  maxSteps: number
  /** Power of each number of steps, W. */
  stepW: Watts[]
  /** Usable part of each slot, ms. */
  spanMs: Float64Array
  /** What the envelope keeps for the port, as current on each of its phases, mA. */
  reservedMa: Float64Array
  /** Energy wanted at the port, W·ms; `extra` on top is welcome. */
  target: number
  extra: number
}

export type Board = {
  input: PlanningInput
  slots: number
  slotMs: number
  /** Start of slot 0, ms; and the part of it that is still to come. */
  fromMs: number
  firstSpanMs: number
  seats: Seat[]
  nodeIds: string[]
  /** Does the envelope keep something for any port? */
  hasReserves: boolean
  /** Slots from the cheapest to the dearest. */
  byPrice: number[]
  /** Room for vehicles per node and slot, W: limit − base load − what the envelope keeps. */
  room: Float64Array[]
  /** Load of the whole site per slot that no plan decides, W. */
  baseW: Float64Array
  /** The same per node and phase in mA, where the node has such a limit; base load is taken as balanced, currents add up arithmetically. */
  roomMa: (Record<Phase, Float64Array> | undefined)[]
  /** What all vehicles together may draw per slot, W: a peak that is kept; else anything. */
  siteW: Float64Array
}

export const boardOf = (input: PlanningInput): Board => {
  const { slots } = input
  const index = new Map(input.nodes.map((node, i) => [node.id, i]))
  const paths = input.nodes.map((_, i) => pathFrom(input, index, i))
  const room = input.nodes.map(({ limitW }) => new Float64Array(limitW.slice(0, slots)))
  const roomMa = input.nodes.map(
    ({ limitMa }) => limitMa && { l1: new Float64Array(limitMa.l1), l2: new Float64Array(limitMa.l2), l3: new Float64Array(limitMa.l3) },
  )
  input.nodes.forEach(({ baseLoadW }, at) => {
    if (!baseLoadW) return
    // what is connected here passes every node above
    for (const n of paths[at]!) {
      const { wiring, volts } = input.nodes[n]!
      for (let t = 0; t < slots; t += 1) {
        room[n]![t]! -= baseLoadW[t]!
        const current = Math.ceil((baseLoadW[t]! * 1000) / (wiring === 'L-N' ? volts * 3 : volts * Math.sqrt(3)))
        for (const phase of LINES) if (roomMa[n]) roomMa[n][phase][t]! -= current
      }
    }
  })
  for (const port of input.ports) {
    if (port.reservedW.length === 0) continue
    const path = paths[index.get(port.node)!]!
    const circuit = circuitOf(input.nodes[index.get(port.node)!]!, port, 3)
    const phases = phasesOf(port, circuit)
    for (let t = 0; t < slots; t += 1) {
      const reserved = port.reservedW[t] ?? 0
      if (reserved === 0) continue
      const current = currentOf(reserved, circuit)
      for (const n of path) {
        room[n]![t]! -= reserved
        for (const phase of phases) if (roomMa[n]) roomMa[n][phase][t]! -= current
      }
    }
  }
  const starts = Float64Array.from({ length: slots + 1 }, (_, t) => slotAt(input, t))
  const portIndexes = new Map(input.ports.map(({ id }, i) => [id, i]))
  const seatOf = seatMaker(input, starts)
  const seats = input.needs.flatMap((need) => {
    const portIndex = need.port === undefined ? undefined : portIndexes.get(need.port)
    const port = portIndex === undefined ? undefined : input.ports[portIndex]!
    if (port === undefined || port.offline || need.departs <= input.now) return []
    const node = index.get(port.node)!
    return [seatOf(need, port, portIndex!, { node: input.nodes[node]!, path: paths[node]! })]
  })
  const price = input.prices.microPerKwh
  const byPrice = Array.from({ length: slots }, (_, t) => t).sort((a, b) => price[a]! - price[b]! || a - b)
  const baseW = siteBaseW(input)
  return {
    input,
    slots,
    slotMs: minutes(input.slotMinutes),
    fromMs: starts[0]!,
    firstSpanMs: starts[1]! - input.now,
    seats,
    nodeIds: input.nodes.map(({ id }) => id),
    hasReserves: input.ports.some(({ reservedW }) => reservedW.some((w) => w > 0)),
    byPrice,
    room,
    roomMa,
    baseW,
    siteW: hardTargets(input, baseW),
  }
}

/** Load of the whole site per slot that no plan decides, W: base loads, and vehicles at chargers out of reach, which follow what they were told. */
export const siteBaseW = (input: PlanningInput): Float64Array => {
  const { nodes, ports, needs, slots } = input
  const base = new Float64Array(slots)
  for (const { baseLoadW } of nodes) if (baseLoadW) for (let t = 0; t < slots; t += 1) base[t]! += baseLoadW[t]!
  for (const { id, offline } of ports) {
    if (!offline) continue
    const drawn = new Float64Array(slots)
    for (const need of needs) {
      if (need.port !== id || need.energyWh + (need.extraWh ?? 0) === 0) continue
      const spanMs = spansOf(input, need)
      // one after the other where a second one comes to the same port
      for (let t = 0; t < slots; t += 1) if (spanMs[t]! > 0) drawn[t] = Math.max(drawn[t]!, Math.min(need.maxW, offline.followsW[t] ?? 0))
    }
    for (let t = 0; t < slots; t += 1) base[t]! += drawn[t]!
  }
  return base
}

/** What vehicles may draw together where an operator has made a target of the peak a limit; elsewhere anything. */
const hardTargets = ({ slots, prices }: PlanningInput, baseW: Float64Array): Float64Array => {
  const most = new Float64Array(slots).fill(Number.POSITIVE_INFINITY)
  for (const { slots: charged, targetW, targetIsHard } of prices.demand) {
    if (targetW === undefined || !targetIsHard) continue
    for (let t = 0; t < slots; t += 1) if (charged[t]) most[t] = Math.min(most[t]!, Math.max(0, targetW - baseW[t]!))
  }
  return most
}

/** Usable part of each slot for a vehicle, ms: after now, its arrival, and before its departure. */
export const spansOf = (input: PlanningInput, need: Need): Float64Array =>
  spansIn(
    Float64Array.from({ length: input.slots + 1 }, (_, t) => slotAt(input, t)),
    input.now,
    need,
  )

const spansIn = (starts: Float64Array, now: number, { arrives, departs }: Need): Float64Array => {
  const from = Math.max(now, arrives)
  const slots = starts.length - 1
  const spans = new Float64Array(slots)
  const slotMs = starts[1]! - starts[0]!
  const first = Math.max(0, Math.floor((from - starts[0]!) / slotMs))
  const last = Math.min(slots - 1, Math.floor((departs - 1 - starts[0]!) / slotMs))
  for (let t = first; t <= last; t += 1) {
    const span = Math.min(starts[t + 1]!, departs) - Math.max(starts[t]!, from)
    if (span > 0) spans[t] = span
  }
  return spans
}

/** The circuit a vehicle with `phases` phases sees at a port of `node`. */
const circuitOf = ({ volts, wiring }: PlanningNode, port: PlanningPort, phases: 1 | 2 | 3): Circuit => ({
  volts,
  wiring,
  phases: Math.min(port.phases.length, phases) as 1 | 2 | 3,
})

type Place = { node: PlanningNode; path: number[] }

/** Seats of one depot: vehicles alike share their tables. */
const seatMaker = (input: PlanningInput, starts: Float64Array) => {
  const nothing = new Float64Array(input.slots)
  const tables = new Map<string, Watts[]>()
  const powers = (maxSteps: number, stepMa: Milliamps, circuit: Circuit): Watts[] => {
    const key = `${maxSteps} ${stepMa} ${circuit.volts} ${circuit.wiring} ${circuit.phases}`
    const known = tables.get(key)
    if (known) return known
    const table = Array.from({ length: maxSteps + 1 }, (_, k) => powerAt((k * stepMa) as Milliamps, circuit))
    tables.set(key, table)
    return table
  }
  return (need: Need, port: PlanningPort, portIndex: number, { node, path }: Place): Seat => {
    const circuit = circuitOf(node, port, need.phases)
    const whole = circuitOf(node, port, 3)
    const minSteps = leastSteps(port.minW, port.stepMa, whole)
    const maxSteps = Math.min(stepsAtMost(port.maxW, port.stepMa, whole), stepsAtMost(need.maxW, port.stepMa, circuit))
    const usedPhases = phasesOf(port, circuit)
    return {
      need,
      port,
      portIndex,
      path,
      circuit,
      lines: linesOf(input, path, usedPhases),
      usedPhases,
      minSteps,
      maxSteps,
      stepW: powers(maxSteps, port.stepMa, circuit),
      reservedMa: port.reservedW.some((w) => w > 0)
        ? Float64Array.from({ length: input.slots }, (_, t) => currentOf(port.reservedW[t] ?? 0, whole))
        : nothing,
      spanMs: maxSteps < minSteps ? nothing : spansIn(starts, input.now, need),
      target: Math.ceil((need.energyWh * WH) / need.efficiency),
      extra: Math.ceil(((need.extraWh ?? 0) * WH) / need.efficiency),
    }
  }
}

const linesOf = ({ nodes }: PlanningInput, path: number[], usedPhases: Phase[]): Int32Array =>
  Int32Array.from(path.flatMap((n) => (nodes[n]!.limitMa ? usedPhases.map((phase) => n * LINES.length + LINES.indexOf(phase)) : [])))

// between two lines one load uses two conductors, also when the vehicle has one phase
const phasesOf = (port: PlanningPort, { wiring, phases }: Circuit): Phase[] =>
  port.phases.slice(0, wiring === 'L-L' && phases < 3 ? 2 : phases)

const currentOf = (powerW: number, circuit: Circuit): number => Math.ceil((powerW * 1_000_000) / powerAt(1_000_000 as Milliamps, circuit))

const pathFrom = (input: PlanningInput, index: Map<string, number>, start: number): number[] => {
  const path: number[] = []
  for (let at: number | undefined = start; at !== undefined && !path.includes(at); ) {
    path.push(at)
    const parent: string | undefined = input.nodes[at]!.parent
    at = parent === undefined ? undefined : index.get(parent)
  }
  return path
}
