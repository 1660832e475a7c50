import { hours, type Instant, minutes } from '#lib/time/instant.ts'
import { type Need, type PlanningInput, type PortId, slotAt, type VehicleId } from './input.ts'
import type { Plan, Reason, Shortfall } from './plan-result.ts'

/** What a plan has for one vehicle. */
export type Planned = {
  reason: Reason
  port: PortId | undefined
  /** When its need is met, whatever is welcome after that; undefined: not by this plan. */
  readyAt: Instant | undefined
  shortfall: Shortfall | undefined
  /** It stands unplugged with time to spare, which is no shortfall yet: by then it must be plugged in. */
  plugInBy: Instant | undefined
  /** W per slot; empty when it gets none. */
  powerW: number[]
}

type Asked = { plan: Plan; input: Pick<PlanningInput, 'now' | 'slotMinutes' | 'needs'> }

/** A plan looked up by vehicle, so that a view of 200 ports reads it once. */
export const byVehicle = ({ plan, input }: Asked): Map<VehicleId, Planned> => {
  const shortfalls = new Map(plan.shortfalls.map((shortfall) => [shortfall.vehicle, shortfall]))
  const allocations = new Map(plan.allocations.map((allocation) => [allocation.vehicle, allocation]))
  const needs = new Map(input.needs.map((need) => [need.id, need]))
  return new Map(
    Object.entries(plan.reasons).map(([vehicle, reason]) => {
      const { port, powerW = [] } = allocations.get(vehicle) ?? {}
      const told = shortfalls.get(vehicle)
      const plugInBy = told && plugsInBy(told, input.now)
      const shortfall = plugInBy === undefined ? told : undefined
      const need = needs.get(vehicle)
      const readyAt = told ? undefined : reason.kind === 'done' ? plan.from : need && meetsNeed(input, need, powerW)
      return [vehicle, { reason, port, readyAt, shortfall, plugInBy, powerW }]
    }),
  )
}

/** Somebody will plug it in: nobody's worry while so much time is left over. */
const CALM_MS = minutes(45)

const plugsInBy = ({ cause, remedies }: Shortfall, now: Instant): Instant | undefined => {
  const remedy = remedies.find(({ kind }) => kind === 'plugIn')
  return cause.kind === 'notPlugged' && remedy?.kind === 'plugIn' && remedy.by - now > CALM_MS ? remedy.by : undefined
}

/** Shortfalls that are one already: not those of vehicles that only have to be plugged in. */
export const shortfallsOf = ({ plan, input }: { plan: Plan; input: Pick<PlanningInput, 'now'> }): Shortfall[] =>
  plan.shortfalls.filter((shortfall) => plugsInBy(shortfall, input.now) === undefined)

/** Less than this is not missed: what the planner itself does not call a shortfall. */
const NEGLIGIBLE_WH = 50

/** The end of the slot in which a need is met; nothing needed: as soon as it is there, which is the plan's beginning for who stands there. */
function meetsNeed(input: Asked['input'], need: Need, powerW: readonly number[]): Instant | undefined {
  const begins = need.arrives > input.now ? need.arrives : slotAt(input, 0)
  const lastSlot = powerW.findLastIndex((w) => w > 0)
  let leftWh = need.energyWh - Math.min(NEGLIGIBLE_WH, need.energyWh / 100)
  if (leftWh <= 0) return begins
  for (let slot = 0; slot <= lastSlot; slot += 1) {
    const ms = Math.min(need.departs, slotAt(input, slot + 1)) - Math.max(input.now, need.arrives, slotAt(input, slot))
    if (ms <= 0) continue
    leftWh -= (Math.min(powerW[slot]!, tapered(need, need.energyWh - leftWh)) * need.efficiency * ms) / hours(1)
    if (leftWh <= 0) return slotAt(input, slot + 1)
  }
  // the planner calls it met: what its whole numbers rounded away
  return lastSlot < 0 ? undefined : slotAt(input, lastSlot + 1)
}

const tapered = ({ taper, maxW }: Need, inBatteryWh: number): number =>
  (taper ?? []).reduce((most, step) => (inBatteryWh >= step.afterWh ? Math.min(most, step.maxW) : most), maxW as number)

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
