import { z } from 'zod'
import { operators } from '#lib/auth/role.ts'
import { planJson, planningInputJson } from '#lib/planning/json.ts'
import { contract } from './contract.ts'
import { moment, steps } from './words.ts'

// The API for other systems that want to know what is planned: dispatch, telematics, an energy manager.

/** What the plan in force has for one vehicle. */
export const plannedVehicle = z.object({
  /** `session-…`: a vehicle that is not of the fleet, by its session. */
  vehicleId: z.string(),
  name: z.string(),
  portId: z.string().nullable(),
  /** The departure that the plan goes by. */
  departsAt: moment,
  /** The end of the slot in which it has what it needs; null: it will not have that by this plan. */
  readyAt: moment.nullable(),
  /** It stands unplugged with time to spare: by then it must be plugged in to be ready. Null: it is plugged in, or short already. */
  plugInBy: moment.nullable(),
  /** Still needed in its battery when the plan was made, and what of it will be missing at departure. */
  needWh: z.number().int(),
  missingWh: z.number().int(),
  shortfall: z
    .object({
      cause: z.enum(['nodeFull', 'portPower', 'tooLittleTime', 'notPlugged', 'chargerOffline', 'outOfUse', 'lockedOut', 'stopAll']),
      text: z.string(),
      remedies: z
        .array(z.object({ kind: z.string(), text: z.string() }))
        .describe('What might help, as the planner sees it; on the plan page each is tried before it is told.'),
    })
    .nullable(),
  /** What it does now, and why. */
  doing: z.enum(['notPlugged', 'notArrived', 'departed', 'done', 'chargerOffline', 'outOfUse', 'charging', 'waits']),
  why: z.string(),
  /** The power that its port may give it, W, from each moment to the next. Empty: nothing is planned. */
  curve: steps,
  /** The same as the set points that its charger is sent: current on each of these phases of its port. */
  setPoints: z.array(z.object({ from: moment, milliamps: z.number().int(), phases: z.array(z.enum(['l1', 'l2', 'l3'])) })),
})

export const readPlan = contract({
  method: 'GET',
  path: '/api/v1/depots/:depot/plan',
  scope: 'plan:read',
  roles: operators,
  summary:
    'The plan in force: what each vehicle gets when, when it is ready, who leaves short and why, what it costs and how far that can be from the least possible cost. Chargers follow it, and it changes with whatever happens: read it again rather than keep it.',
  params: z.object({ depot: z.string() }),
  output: z.object({
    id: z.string(),
    depotId: z.string(),
    madeAt: moment,
    /** When a plan was last made that says the same. */
    asOf: moment,
    cause: z.string(),
    /** False: a safe plan that answered an event at once; the full one follows. */
    refined: z.boolean(),
    /** Why no new plan can be made, and what holds meanwhile; null: the planner works. */
    trouble: z.string().nullable(),
    policy: z.enum(['readyFirst', 'cheapest', 'greenest']),
    /** The hours it reaches over, in slots. */
    from: moment,
    until: moment,
    slotMinutes: z.number().int(),
    vehicles: z.array(plannedVehicle),
    currency: z.string(),
    /** Energy and a new peak of the month, millionths of the currency. No plan that gives everybody as much costs less than the bound. */
    costMicro: z.number().int(),
    lowerBoundMicro: z.number().int(),
    /** (cost − bound) ÷ cost: the proven distance from the least cost. */
    gap: z.number(),
    inputDigest: z.string(),
  }),
})
export type PlanInForce = z.input<typeof readPlan.output>

export const exportPlan = contract({
  method: 'GET',
  path: '/api/v1/depots/:depot/plans/:plan',
  scope: 'plan:read',
  roles: operators,
  summary:
    'A stored plan and all it was made of, as the JSON documents that `npm run plan` reads and makes again bit for bit; `latest` is the newest.',
  params: z.object({ depot: z.string(), plan: z.string() }),
  output: z.object({ id: z.string(), madeAt: moment, cause: z.string(), refined: z.boolean(), input: planningInputJson, plan: planJson }),
})
