import { minutes } from '#lib/time/instant.ts'
import { type Circuit, type Milliamps, type Phase, powerAt } from '#lib/units/units.ts'
import { type Need, type PlanningInput, type PlanningPort, slotAt } from './input.ts'
import { leastSteps, stepsAtMost } from './set-point.ts'

// The planner's working picture of one input: whole numbers only (W, mA, and energy in W·ms), so that a plan replays bit for bit.

/** 1 Wh in W·ms. */
export const WH = 3_600_000

/** A vehicle that can be planned for: plugged (or soon) at a port that can be reached. */
export type Seat = {
  need: Need
  port: PlanningPort
  portIndex: number
  /** Node indexes from the port's node to the root. */
  path: number[]
  circuit: Circuit
  usedPhases: Phase[]
  minSteps: number
  maxSteps: number
  /** Power of each number of steps, W. */
  stepW: number[]
  /** Usable part of each slot, ms. */
  spanMs: number[]
  /** What the envelope keeps for the port, as current on each of its phases, mA. */
  reservedMa: number[]
  /** Energy wanted at the port, W·ms; `extra` on top is welcome. */
  target: number
  extra: number
}

export type Board = {
  input: PlanningInput
  slots: number
  slotMs: number
  seats: Seat[]
  nodeIds: string[]
  /** Slots from the cheapest to the dearest. */
  byPrice: number[]
  /** Room for vehicles per node and slot, W: limit − base load − what the envelope keeps. */
  room: number[][]
  /** The same per node and phase in mA, where the node has such a limit; base load is taken as balanced, currents add up arithmetically. */
  roomMa: (Record<Phase, number[]> | undefined)[]
}

export const boardOf = (input: PlanningInput): Board => {
  const index = new Map(input.nodes.map((node, i) => [node.id, i]))
  const paths = input.nodes.map((_, i) => pathFrom(input, index, i))
  const room = input.nodes.map(({ limitW }) => limitW.slice(0, input.slots).map(Number))
  const roomMa = input.nodes.map(
    ({ limitMa }) => limitMa && { l1: limitMa.l1.map(Number), l2: limitMa.l2.map(Number), l3: limitMa.l3.map(Number) },
  )
  input.nodes.forEach(({ baseLoadW }, at) => {
    if (!baseLoadW) return
    // what is connected here passes every node above
    for (const n of paths[at]!) {
      const { wiring, volts } = input.nodes[n]!
      for (let t = 0; t < input.slots; t += 1) {
        room[n]![t]! -= baseLoadW[t]!
        const current = Math.ceil((baseLoadW[t]! * 1000) / (wiring === 'L-N' ? volts * 3 : volts * Math.sqrt(3)))
        for (const phase of ['l1', 'l2', 'l3'] as const) if (roomMa[n]) roomMa[n][phase][t]! -= current
      }
    }
  })
  for (const port of input.ports) {
    const path = paths[index.get(port.node)!]!
    const circuit = circuitOf(input, port, 3)
    const phases = phasesOf(port, circuit)
    for (let t = 0; t < input.slots; t += 1) {
      const reserved = port.reservedW[t] ?? 0
      if (reserved === 0) continue
      const current = currentOf(reserved, circuit)
      for (const n of path) {
        room[n]![t]! -= reserved
        for (const phase of phases) if (roomMa[n]) roomMa[n][phase][t]! -= current
      }
    }
  }
  const seats = input.needs.flatMap((need) => {
    const portIndex = input.ports.findIndex(({ id }) => id === need.port)
    const port = input.ports[portIndex]
    return port && !port.offline && need.departs > input.now ? [seatOf(input, need, port, portIndex, paths[index.get(port.node)!]!)] : []
  })
  const price = input.prices.microPerKwh
  const byPrice = Array.from({ length: input.slots }, (_, t) => t).sort((a, b) => price[a]! - price[b]! || a - b)
  return {
    input,
    slots: input.slots,
    slotMs: minutes(input.slotMinutes),
    seats,
    nodeIds: input.nodes.map(({ id }) => id),
    byPrice,
    room,
    roomMa,
  }
}

/** Usable part of each slot for a vehicle, ms: after now, its arrival, and before its departure. */
export const spansOf = (input: PlanningInput, { arrives, departs }: Need): number[] =>
  Array.from({ length: input.slots }, (_, t) =>
    Math.max(0, Math.min(slotAt(input, t + 1), departs) - Math.max(slotAt(input, t), input.now, arrives)),
  )

/** The circuit a vehicle with `phases` phases sees at a port. */
export const circuitOf = (input: PlanningInput, port: PlanningPort, phases: 1 | 2 | 3): Circuit => {
  const { volts, wiring } = input.nodes.find(({ id }) => id === port.node)!
  return { volts, wiring, phases: Math.min(port.phases.length, phases) as 1 | 2 | 3 }
}

const seatOf = (input: PlanningInput, need: Need, port: PlanningPort, portIndex: number, path: number[]): Seat => {
  const circuit = circuitOf(input, port, need.phases)
  const whole = circuitOf(input, port, 3)
  const minSteps = leastSteps(port.minW, port.stepMa, whole)
  const maxSteps = Math.min(stepsAtMost(port.maxW, port.stepMa, whole), stepsAtMost(need.maxW, port.stepMa, circuit))
  const stepW = Array.from({ length: maxSteps + 1 }, (_, k) => powerAt((k * port.stepMa) as Milliamps, circuit))
  return {
    need,
    port,
    portIndex,
    path,
    circuit,
    usedPhases: phasesOf(port, circuit),
    minSteps,
    maxSteps,
    stepW,
    reservedMa: Array.from({ length: input.slots }, (_, t) => currentOf(port.reservedW[t] ?? 0, whole)),
    spanMs: maxSteps < minSteps ? new Array(input.slots).fill(0) : spansOf(input, need),
    target: Math.ceil((need.energyWh * WH) / need.efficiency),
    extra: Math.ceil(((need.extraWh ?? 0) * WH) / need.efficiency),
  }
}

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
