// The documented JSON form of a planner's question and answer (docs/planner-json.md), as the judge reads it: nothing here comes from the
// engine, so that a mistake of the engine cannot hide in a shared type or function.

export type Phase = 'l1' | 'l2' | 'l3'
export type Node = {
  id: string
  parent?: string
  limitW: number[]
  limitMa?: Record<Phase, number[]>
  baseLoadW?: number[]
  volts: number
  wiring: 'L-N' | 'L-L'
}
export type Port = {
  id: string
  node: string
  maxW: number
  minW: number
  stepMa: number
  phases: Phase[]
  maxPeriods: number
  reservedW: number[]
  offline?: { followsW: number[] }
}
export type Need = {
  id: string
  port?: string
  arrives: number
  departs: number
  energyWh: number
  extraWh?: number
  maxW: number
  taper?: { afterWh: number; maxW: number }[]
  phases: 1 | 2 | 3
  efficiency: number
  priority: number
  chargeFirst?: boolean
  mayPause: boolean
}
type Demand = { microPerKw: number; slots: boolean[]; peakSoFarW: number; targetW?: number; targetIsHard?: boolean }
export type Question = {
  now: number
  slotMinutes: 5 | 15
  slots: number
  nodes: Node[]
  ports: Port[]
  needs: Need[]
  prices: { microPerKwh: number[]; reserveMicroPerKwh?: number; carbonGPerKwh?: number[]; demand: Demand[] }
  policy: 'readyFirst' | 'cheapest' | 'greenest'
}
export type Allocation = {
  vehicle: string
  port: string
  periods: { fromSlot: number; milliamps: number; phases: Phase[] }[]
  powerW: number[]
}
export type Answer = {
  allocations: Allocation[]
  shortfalls: { vehicle: string; missingWh: number }[]
  costMicro: number
  lowerBoundMicro: number
  gap: number
}

const HOUR_MS = 3_600_000
export const PHASES: Phase[] = ['l1', 'l2', 'l3']

export const slotMsOf = ({ slotMinutes }: Question): number => slotMinutes * 60_000
/** Slot 0 is the slot of the clock that `now` lies in. */
export const slotStart = (q: Question, slot: number): number => Math.floor(q.now / slotMsOf(q)) * slotMsOf(q) + slot * slotMsOf(q)

/** Hours of each slot that a vehicle can use: after now and its arrival, before its departure. */
export const usableHours = (q: Question, { arrives, departs }: Need): number[] =>
  Array.from({ length: q.slots }, (_, t) => {
    const from = Math.max(slotStart(q, t), q.now, arrives)
    const until = Math.min(slotStart(q, t + 1), departs)
    return Math.max(0, until - from) / HOUR_MS
  })

/** The nodes from `id` up to the root, with `id` itself. */
export const pathUp = (q: Question, id: string): Node[] => {
  const path: Node[] = []
  for (let at: string | undefined = id; at !== undefined; ) {
    const node = q.nodes.find((each) => each.id === at)
    if (!node || path.includes(node)) break
    path.push(node)
    at = node.parent
  }
  return path
}

/** Conductors that a load of `phases` phases uses at a port: the first ones of its rotation; between two lines always two. */
export const conductors = (port: Port, node: Node, phases: number): Phase[] => {
  const used = Math.min(phases, port.phases.length)
  return port.phases.slice(0, node.wiring === 'L-L' && used < 3 ? 2 : used)
}

/** Watts that one ampere on each conductor makes. */
export const wattsPerAmp = (node: Node, phases: number): number => {
  if (node.wiring === 'L-N') return node.volts * phases
  return phases === 3 ? node.volts * Math.sqrt(3) : node.volts
}

/** The most a vehicle can draw at a port: `maxW` of a port is on all its phases, so a vehicle of fewer gets the same current on fewer. */
export const mostW = (port: Port, node: Node, need: Need): number => {
  const used = Math.min(need.phases, port.phases.length)
  // `maxW` is rounded down to whole watts, the current of its set point is not
  return Math.min(need.maxW, port.maxW, ((port.maxW + 1) * wattsPerAmp(node, used)) / wattsPerAmp(node, port.phases.length))
}

/** The highest set point at or under that: whole steps of current, told in whole watts as plans tell it. */
export const highestW = (port: Port, node: Node, need: Need): number => {
  const stepW = (port.stepMa / 1000) * wattsPerAmp(node, Math.min(need.phases, port.phases.length))
  // powers are rounded down to whole watts, so a step may look a watt too high
  return Math.floor(Math.floor((mostW(port, node, need) + 0.999) / stepW) * stepW + 1e-6)
}

/** Amperes of a balanced three-phase load on each conductor. */
export const balancedAmps = (node: Node, loadW: number): number => loadW / wattsPerAmp(node, 3)

/** Base load that passes a node in each slot: its own and all below. */
export const baseBelow = (q: Question, id: string): number[] => {
  const sum = new Array<number>(q.slots).fill(0)
  for (const node of q.nodes)
    if (node.baseLoadW && pathUp(q, node.id).some((up) => up.id === id)) for (let t = 0; t < q.slots; t++) sum[t]! += node.baseLoadW[t]!
  return sum
}

/** What all vehicles together may draw where a target of the peak has been made a limit; elsewhere anything. */
export const mostTogetherW = (q: Question): number[] => {
  const base = siteBase(q)
  return base.map((w, t) =>
    q.prices.demand.reduce(
      (most, { slots, targetW, targetIsHard }) =>
        targetIsHard && targetW !== undefined && slots[t] ? Math.min(most, Math.max(0, targetW - w)) : most,
      Number.POSITIVE_INFINITY,
    ),
  )
}

/** What the site draws in each slot whatever the plan says: all base load, and at ports out of reach what the vehicle there follows. */
export const siteBase = (q: Question): number[] => {
  const there = q.needs.flatMap((need) => {
    const port = q.ports.find(({ id }) => id === need.port)
    return port?.offline && need.energyWh + (need.extraWh ?? 0) > 0
      ? [{ port, follows: port.offline.followsW, need, hours: usableHours(q, need) }]
      : []
  })
  return Array.from({ length: q.slots }, (_, t) => {
    const base = q.nodes.reduce((sum, { baseLoadW }) => sum + (baseLoadW?.[t] ?? 0), 0)
    const byPort = new Map<Port, number>()
    for (const { port, follows, need, hours } of there)
      if (hours[t]! > 0) byPort.set(port, Math.max(byPort.get(port) ?? 0, Math.min(need.maxW, follows[t] ?? 0)))
    return base + [...byPort.values()].reduce((sum, w) => sum + w, 0)
  })
}

/** Vehicles that can be planned for: at a port that can be reached, and not gone. */
export const plannable = (q: Question): { need: Need; port: Port }[] =>
  q.needs.flatMap((need) => {
    const port = q.ports.find(({ id }) => id === need.port)
    return port && !port.offline && need.departs > q.now ? [{ need, port }] : []
  })
