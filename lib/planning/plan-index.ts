import { type Instant, minutes } from '#lib/time/instant.ts'
import type { PortId, VehicleId } from './input.ts'
import type { Plan, Reason, Shortfall } from './plan-result.ts'

/** What a plan has for one vehicle. */
export type Planned = {
  reason: Reason
  port: PortId | undefined
  /** When its need is met; undefined: not by this plan. */
  readyAt: Instant | undefined
  shortfall: Shortfall | undefined
  /** W per slot; empty when it gets none. */
  powerW: number[]
}

/** A plan looked up by vehicle, so that a view of 200 ports reads it once. */
export const byVehicle = (plan: Plan): Map<VehicleId, Planned> => {
  const shortfalls = new Map(plan.shortfalls.map((shortfall) => [shortfall.vehicle, shortfall]))
  const allocations = new Map(plan.allocations.map((allocation) => [allocation.vehicle, allocation]))
  return new Map(
    Object.entries(plan.reasons).map(([vehicle, reason]) => {
      const { port, powerW = [] } = allocations.get(vehicle) ?? {}
      const shortfall = shortfalls.get(vehicle)
      const end = powerW.findLastIndex((w) => w > 0) + 1
      const readyAt = shortfall ? undefined : reason.kind === 'done' ? plan.from : end > 0 ? slotEnd(plan, end) : undefined
      return [vehicle, { reason, port, readyAt, shortfall, powerW }]
    }),
  )
}

/** When a vehicle is ready by the plan. Of the slot in which it leaves only the part before was counted, so it is not ready later than that. */
export const readyBy = (planned: Planned | undefined, departsAt: Instant | null): Instant | null => {
  const readyAt = planned?.readyAt ?? null
  if (readyAt === null || departsAt === null) return readyAt
  return readyAt > departsAt && readyAt - departsAt < minutes(LONGEST_SLOT) ? departsAt : readyAt
}
const LONGEST_SLOT = 15

/** Sum of all that the plan gives, W per slot. */
export const totalPerSlot = (plan: Plan): number[] => {
  const slots = Math.max(0, ...plan.allocations.map(({ powerW }) => powerW.length))
  return Array.from({ length: slots }, (_, slot) => plan.allocations.reduce((sum, { powerW }) => sum + (powerW[slot] ?? 0), 0))
}

const slotEnd = (plan: Plan, slots: number): Instant => (plan.from + slots * minutes(plan.slotMinutes)) as Instant
