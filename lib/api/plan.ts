import { z } from 'zod'
import { admins, operators } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { depotClock, depotRef, done, mark, moment, slot, steps } from './words.ts'

export const planRow = z.object({
  vehicleId: z.string(),
  name: z.string(),
  /** False: a guest, by its session; what it needs and when it leaves is assumed. */
  ofFleet: z.boolean(),
  portId: z.string().nullable(),
  bay: z.string().nullable(),
  mark,
  word: z.string(),
  socPct: z.number().nullable(),
  targetPct: z.number().nullable(),
  pluggedFrom: moment.nullable(),
  departsAt: moment.nullable(),
  readyAt: moment.nullable(),
  charged: steps,
  planned: steps,
  /** Hatched: only if somebody acts, or not confirmed. */
  unconfirmed: z.boolean(),
  maxW: z.number().int(),
  needWh: z.number().int(),
  missingWh: z.number().int(),
  /** Why it leaves short, in words that others of the same cause have too; null: it does not. */
  shortBecause: z.string().nullable(),
  why: z.string(),
  note: z.string().nullable(),
  /** What holds it, tightest first. */
  holds: z.array(
    z.object({
      name: z.string(),
      usedW: z.number().int(),
      /** Of it planned for nobody: kept for chargers that may draw it all the same. */
      keptW: z.number().int(),
      limitW: z.number().int(),
      binding: z.boolean(),
      /** What 1 kW more there would save in the hours of the plan, by the plan's own reckoning; null: nothing is known to be saved. */
      valueMicroPerKw: z.number().int().nullable(),
    }),
  ),
  /** The hours of which `holds` tells: now, or for a vehicle that waits until it starts. */
  holdsUntil: moment.nullable(),
  /** What its hours cost more than its own cheapest ones, as long as it charges: the price of being ready, or of being first. */
  extraCostMicro: z.number().int(),
  /** A person has put it first, until then. */
  firstUntil: moment.nullable(),
  /** What could help, as the planner names it; whether it does is known when it was tried (`…/plan/vehicles/:vehicle/help`). */
  remedies: z.array(z.object({ word: z.string(), kind: z.string() })),
})
export type PlanRow = z.infer<typeof planRow>

export const planView = z.object({
  depot: depotRef,
  clock: depotClock,
  planId: z.string().nullable(),
  madeAt: moment.nullable(),
  cause: z.string().nullable(),
  /** Why no new plan can be made, and what holds meanwhile; null: the planner works. */
  trouble: z.string().nullable(),
  /** What a person has stopped, and that only a person lets go on. */
  stops: z.array(z.object({ what: z.string(), why: z.string() })),
  policy: z.enum(['readyFirst', 'cheapest', 'greenest']),
  /** Why the plan cannot go by what it is to prefer; null: it can. */
  policyNote: z.string().nullable(),
  /** g CO2 per kWh as this plan has it; empty: not known. */
  carbon: z.array(z.object({ from: moment, gPerKwh: z.number().int() })),
  from: moment,
  until: moment,
  slotMinutes: z.number().int(),
  rows: z.array(planRow),
  site: z.object({
    cap: z.array(slot),
    base: z.array(slot),
    vehicles: z.array(slot),
    measuredUntil: moment,
    /** Building and vehicles if nobody planned: all charge at once, whatever the limits. From the plan's first slot on. */
    unmanaged: z.array(slot),
    peakW: z.number().int().nullable(),
  }),
  /** Nodes with less power than would be used, who is held back there and for how long: those held longest first. */
  bottlenecks: z.array(
    z.object({
      node: z.string(),
      limitW: z.number().int(),
      /** Its lines whose amperes are used up, and what they carry; none: its kW are used up. */
      lines: z.array(z.enum(['l1', 'l2', 'l3'])),
      limitMa: z.number().int().nullable(),
      hours: z.array(z.object({ from: moment, until: moment })),
      /** What 1 kW more there would save in these hours; 0: it would be a matter of time only. */
      valueMicroPerKw: z.number().int(),
      held: z.array(z.object({ vehicleId: z.string(), name: z.string(), heldMs: z.number().int() })),
    }),
  ),
  prices: z.array(z.object({ from: moment, microPerKwh: z.number().int(), window: z.string() })),
  /** Hours in which the connection's limit is lower than else. */
  events: z.array(z.object({ from: moment, until: moment, limitW: z.number().int() })),
  /** Hours running or ahead in which somebody lowered a node's limit. */
  limitHours: z.array(
    z.object({
      id: z.string(),
      node: z.string(),
      limitW: z.number().int(),
      from: moment,
      until: moment,
      reason: z.string().nullable(),
    }),
  ),
  /** Nodes of the site with a limit of their own, as this plan has it. */
  nodes: z.array(z.object({ id: z.string(), name: z.string(), limitW: z.number().int() })),
  summary: z.object({
    ready: z.number().int(),
    of: z.number().int(),
    highestW: z.number().int(),
    costMicro: z.number().int(),
    /** What of it is a new peak of the month. */
    newPeakMicro: z.number().int(),
    /** No plan could cost less. */
    lowerBoundMicro: z.number().int(),
    energyWh: z.number().int(),
    /** What its energy is made with, kg CO2; null: not known. */
    carbonKg: z.number().nullable(),
    unmanagedW: z.number().int(),
    unmanagedCostMicro: z.number().int(),
    gap: z.number(),
    /** False: a safe plan that answered an event at once; the planner is still at the full one. */
    refined: z.boolean(),
  }),
})
export type PlanView = z.infer<typeof planView>

export const getPlan = contract({
  method: 'GET',
  path: '/api/depots/:depot/plan',
  roles: operators,
  summary: 'The plan of the night: a row a vehicle, the power of the site, prices, and why.',
  params: z.object({ depot: z.string() }),
  output: planView,
})

const kept = z.object({ days: z.number().int().min(2, 'At least two days.').max(3650, 'At most ten years.') })

export const getPlanDays = contract({
  method: 'GET',
  path: '/api/depots/:depot/plan-days',
  roles: operators,
  summary: 'For how many days the plans of the depot are kept.',
  params: z.object({ depot: z.string() }),
  output: kept,
})

export const setPlanDays = contract({
  method: 'PUT',
  path: '/api/plan-days',
  roles: admins,
  summary: 'For how many days the plans of the depot are kept, with what they were made of. Older ones are deleted within the hour.',
  input: kept.extend({ depotId: z.string() }),
  output: done,
})
