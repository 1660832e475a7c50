import type { Instant } from '#lib/time/instant.ts'
import type { Milliamps, Phase, WattHours, Watts } from '#lib/units/units.ts'
import type { Held } from './held.ts'
import type { NodeId, Policy, PortId, VehicleId } from './input.ts'
import type { Stop } from './stopped.ts'

// What the planner answers (source: spec "planner", What each plan carries). Its JSON form has the same names.

/** From `fromSlot` until the next period (or the end of the plan) the port may give `milliamps` on each of `phases`. */
export type PlanPeriod = { fromSlot: number; milliamps: Milliamps; phases: Phase[] }

/** `powerW` has one value per slot. */
export type Allocation = { vehicle: VehicleId; port: PortId; periods: PlanPeriod[]; powerW: Watts[] }

/** Why a vehicle will miss energy at its departure. */
export type Cause =
  | { kind: 'nodeFull'; node: NodeId }
  | { kind: 'portPower'; port: PortId; maxW: Watts }
  | { kind: 'tooLittleTime'; neededMinutes: number; availableMinutes: number }
  | { kind: 'notPlugged' }
  | { kind: 'chargerOffline'; port: PortId }
  | OutOfUse
  | Stop

/** Its charger can be reached and may not be used. */
export type OutOfUse = { kind: 'outOfUse'; port: PortId; held: Held }

/** What would help, most useful first. */
export type Remedy =
  | { kind: 'departLater'; at: Instant }
  | { kind: 'useStrongerPort'; minW: Watts }
  | { kind: 'raiseLimit'; node: NodeId; byW: Watts }
  | { kind: 'chargeFirst' }
  | { kind: 'plugIn'; by: Instant }
  | { kind: 'reconnectCharger'; port: PortId }
  | { kind: 'takeIntoUse'; port: PortId; held: Held }
  | { kind: 'release'; node: NodeId }
  | { kind: 'liftStop' }

export type Shortfall = { vehicle: VehicleId; missingWh: WattHours; cause: Cause; remedies: Remedy[] }

export type WaitCause =
  | { kind: 'price'; nowMicroPerKwh: number; thenMicroPerKwh: number }
  | { kind: 'carbon'; nowGPerKwh: number; thenGPerKwh: number }
  | { kind: 'earlierDepartures'; vehicles: VehicleId[]; node: NodeId }
  | { kind: 'higherPriority'; vehicles: VehicleId[]; node: NodeId }
  /** Others with less time to spare (not leaving earlier, but needing more). */
  | { kind: 'lessSlack'; vehicles: VehicleId[]; node: NodeId }
  /** No vehicle is in the way: the node's limit, base load or reserve leaves no room for the minimum current. */
  | { kind: 'nodeFull'; node: NodeId }
  /** There is room and it is not dearer now: the plan keeps its earlier promise, and there is time to spare. */
  | { kind: 'hasTime' }
  /** A person wants it so; no slot has room. */
  | Stop

/** `plan`: it needs no more than this to be ready. */
export type ChargeLimit = { kind: 'port' } | { kind: 'vehicle' } | { kind: 'node'; node: NodeId } | { kind: 'plan' }

/** What a vehicle does now, and why. `lib/planning/explain.ts` makes a sentence of it. */
export type Reason =
  | { kind: 'notPlugged' }
  | { kind: 'notArrived'; at: Instant }
  | { kind: 'departed'; at: Instant }
  | { kind: 'done' }
  | { kind: 'chargerOffline'; port: PortId }
  | OutOfUse
  /** `limitedBy`: what keeps it from charging faster; `until`: when its need is met; `extraCostMicro`: over its own cheapest slots. */
  | { kind: 'charging'; powerW: Watts; limitedBy: ChargeLimit; until?: Instant; extraCostMicro: number }
  | { kind: 'waits'; until?: Instant; because: WaitCause[] }

export type Plan = {
  /** Start of slot 0. */
  from: Instant
  slotMinutes: 5 | 15
  /** What it was made to serve; plans of before this was kept have none. */
  policy?: Policy
  allocations: Allocation[]
  shortfalls: Shortfall[]
  reasons: Record<VehicleId, Reason>
  /** Nodes that are full, and what 1 kW more in that slot would save. */
  binding: { node: NodeId; slot: number; valueMicroPerKw: number }[]
  costMicro: number
  lowerBoundMicro: number
  /** (cost − lower bound) ÷ cost; 0 when the cost is 0. */
  gap: number
  inputDigest: string
}
