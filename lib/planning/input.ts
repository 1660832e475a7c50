import { type Instant, minutes } from '#lib/time/instant.ts'
import type { Milliamps, Phase, WattHours, Watts, Wiring } from '#lib/units/units.ts'
import type { Held } from './held.ts'
import type { Plan } from './plan-result.ts'
import type { StopKind } from './stopped.ts'

// Everything a plan depends on, as plain data (source: spec "planner", The problem). Its JSON form has the same names.

export type NodeId = string
export type PortId = string
export type VehicleId = string

/** A node of the site tree: service connection → transformer → panel → circuit (→ charger). `limitW` and `baseLoadW` hold one value per slot. */
export type PlanningNode = {
  id: NodeId
  parent?: NodeId
  limitW: Watts[]
  limitMa?: { l1: Milliamps[]; l2: Milliamps[]; l3: Milliamps[] }
  /** Uncontrolled load connected at this node itself; it counts at every node above as well. */
  baseLoadW?: Watts[]
  /** Nominal voltage: line to neutral with L-N, line to line with L-L. */
  volts: number
  wiring: Wiring
  /** Why its limit is 0, where a person wants it so: told as the cause. */
  stopped?: StopKind
}

export type PlanningPort = {
  id: PortId
  node: NodeId
  maxW: Watts
  /** 6 A on its phases, or the model's minimum: the power is 0 or at least this. */
  minW: Watts
  stepMa: Milliamps
  phases: Phase[]
  maxPeriods: number
  /** What the envelope keeps for this port, per slot: it counts even when the plan gives it less. */
  reservedW: Watts[]
  /** Set while its charger cannot be reached, or is held out of use: what it is following by itself, per slot. Nothing new can be planned for it. */
  offline?: { followsW: Watts[]; held?: Held }
}

/** From this energy on (counted from now, in the battery) the vehicle takes at most `maxW`. */
export type TaperPoint = { afterWh: WattHours; maxW: Watts }

export type Need = {
  id: VehicleId
  /** The port it is plugged into or will be; none = not plugged in. */
  port?: PortId
  arrives: Instant
  departs: Instant
  /** Energy still needed in the battery. */
  energyWh: WattHours
  /** Welcome, not needed. */
  extraWh?: WattHours
  maxW: Watts
  taper?: TaperPoint[]
  phases: 1 | 2 | 3
  /** Battery energy ÷ energy at the port, 0 … 1. */
  efficiency: number
  /** Higher is served first; 0 is ordinary. */
  priority: number
  /** A person asked for it: served before all others, at any price, until the caller lets it expire. */
  chargeFirst?: boolean
  mayPause: boolean
}

export type DemandCharge = {
  microPerKw: number
  slots: boolean[]
  peakSoFarW: Watts
  /** The peak that the month is expected to make anyway (learned), or wanted: up to it power costs nothing more. */
  targetW?: Watts
  /** An operator has made the target a limit: vehicles are rather late than above it. */
  targetIsHard?: boolean
  /** No money: power above `peakSoFarW` counts a second time while vehicles that are expected may still not come (`cautious`). */
  caution?: boolean
}

/** One value per slot; micro = millionths of the depot's currency. */
export type Prices = {
  microPerKwh: number[]
  /** What energy above the need is worth at most. */
  reserveMicroPerKwh?: number
  carbonGPerKwh?: number[]
  demand: DemandCharge[]
}

export type Policy = 'readyFirst' | 'cheapest' | 'greenest'

export type PlanningInput = {
  now: Instant
  slotMinutes: 5 | 15
  /** Slot 0 is the slot of the clock that `now` lies in (only its rest can be used). */
  slots: number
  nodes: PlanningNode[]
  ports: PlanningPort[]
  needs: Need[]
  prices: Prices
  policy: Policy
  previous?: Plan
}

/** Start of slot 0: `now` lowered to a whole slot of the clock, so that prices and plans keep their slots from one plan to the next. */
export const firstSlotAt = (now: Instant, slotMinutes: 5 | 15): Instant =>
  (Math.floor(now / minutes(slotMinutes)) * minutes(slotMinutes)) as Instant

/** Start of slot `slot`; `slotAt(input, input.slots)` is the end of the horizon. */
export const slotAt = (input: Pick<PlanningInput, 'now' | 'slotMinutes'>, slot: number): Instant =>
  (firstSlotAt(input.now, input.slotMinutes) + slot * minutes(input.slotMinutes)) as Instant
