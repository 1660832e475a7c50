import { z } from 'zod'
import { operators } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { done, moment } from './words.ts'

export const nodeKinds = ['service', 'transformer', 'panel', 'circuit'] as const

/** One row of the tree, parents before children. Powers in W; sums count everything below. */
export const treeNode = z.object({
  id: z.string(),
  parentId: z.string().nullable(),
  depth: z.number().int(),
  kind: z.enum(nodeKinds),
  name: z.string(),
  breakerMa: z.number().int().nullable(),
  /** The breaker may carry its rating for hours; else 80 % of it counts. */
  continuousIncluded: z.boolean(),
  contractW: z.number().int().nullable(),
  /** What the contract allows on each phase for hours. */
  phaseLimitMa: z.number().int().nullable(),
  /** What each phase carries for hours, by breaker and contract; null: no such limit. */
  phaseMa: z.number().int().nullable(),
  /** Ports below of which nobody told the lines: with one of them the breaker is kept as power over all phases. */
  linesMissing: z.number().int(),
  volts: z.number().int(),
  wiring: z.enum(['L-N', 'L-L']),
  phases: z.number().int(),
  /** What it carries for hours; null: no limit of its own. */
  firmW: z.number().int().nullable(),
  baseW: z.number().int(),
  baseIsForecast: z.boolean(),
  /** Measured at the ports below. */
  vehiclesW: z.number().int(),
  /** Counted for ports that do not answer. */
  heldW: z.number().int(),
  /** What the plan gives vehicles below in this slot; null without a plan. */
  plannedW: z.number().int().nullable(),
  /** The plan is full here from then on; null: nowhere ahead. */
  bindingFrom: moment.nullable(),
  bindingNow: z.boolean(),
  lockedOutAt: moment.nullable(),
  lockedOutBy: z.string().nullable(),
  /** Chargers fed directly by it. */
  chargers: z.array(z.object({ id: z.string(), name: z.string(), maxW: z.number().int() })),
  /** Vehicles charging below. */
  charging: z.number().int(),
})
export type TreeNode = z.infer<typeof treeNode>

const depot = z.object({ depot: z.string() })
const one = z.object({ depot: z.string(), node: z.string() })

export const getSite = contract({
  method: 'GET',
  path: '/api/depots/:depot/site',
  roles: operators,
  summary: 'The tree from the service connection to the circuits: limits, use now, and what holds the plan.',
  params: depot,
  output: z.object({
    nodes: z.array(treeNode),
    madeAt: moment.nullable(),
    /** Why chargers cannot be kept under a cap without us; null: they can. */
    refusal: z.string().nullable(),
  }),
})
export type SiteView = z.infer<(typeof getSite)['output']>

const rating = {
  name: z.string().trim().min(1, 'Give it a name.').max(60, 'At most 60 characters.'),
  breakerA: z.number('A number of A.').min(6, 'At least 6 A.').max(10_000, 'At most 10000 A.').nullable(),
  contractKw: z.number('A number of kW.').min(1, 'At least 1 kW.').max(100_000, 'At most 100000 kW.').nullable(),
  continuousIncluded: z.boolean(),
  /** Absent: as it is. */
  phaseLimitA: z.number('A number of A.').min(6, 'At least 6 A.').max(10_000, 'At most 10000 A.').nullable().optional(),
}

export const addNode = contract({
  method: 'POST',
  path: '/api/depots/:depot/nodes',
  roles: operators,
  summary: 'Adds a transformer, panel or circuit under a node.',
  params: depot,
  input: z.object({
    ...rating,
    parentId: z.string(),
    kind: z.enum(['transformer', 'panel', 'circuit']),
    volts: z.number('A number of V.').int().min(100, 'At least 100 V.').max(480, 'At most 480 V.'),
    wiring: z.enum(['L-N', 'L-L']),
    phases: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  }),
  output: z.object({ id: z.string() }),
})

export const changeNode = contract({
  method: 'PUT',
  path: '/api/depots/:depot/nodes/:node',
  roles: operators,
  summary:
    'Changes the name, breaker or contract limit of a node; the plan follows at once. With `ifStill` only while it is as given there (409 otherwise).',
  params: one,
  input: z.object({ ...rating, ifStill: z.object(rating).optional() }),
  output: done,
})

export const lockOut = contract({
  method: 'POST',
  path: '/api/depots/:depot/nodes/:node/lock-out',
  roles: operators,
  summary: 'Stops every session under a node and holds its ports at zero until it is released. Survives restarts.',
  params: one,
  input: z.object({ lock: z.boolean() }),
  output: z.object({ stoppedAt: moment.nullable(), reached: z.number().int(), unreached: z.array(z.string()) }),
})

/** Depot time such as `2026-11-24 06:30`, or ISO 8601 with offset. */
const when = z.string().trim().min(1, 'When?').max(40)

export const lowerLimit = contract({
  method: 'POST',
  path: '/api/depots/:depot/nodes/:node/limit-hours',
  roles: operators,
  summary: 'For some hours a node may carry less than else: a grid event, work on a feeder. The plan follows at once.',
  params: one,
  input: z.object({
    kw: z.number('A number of kW.').min(1, 'At least 1 kW.').max(100_000, 'At most 100000 kW.'),
    /** Null: from now on. */
    from: when.nullable().default(null),
    until: when,
    reason: z.string().trim().max(120, 'At most 120 characters.').nullable().default(null),
  }),
  output: z.object({ id: z.string() }),
})
export type LowerLimit = z.output<NonNullable<(typeof lowerLimit)['input']>>

export const endLowerLimit = contract({
  method: 'DELETE',
  path: '/api/depots/:depot/limit-hours/:hours',
  roles: operators,
  summary: 'Ends a lowered limit now, or takes it back before it begins.',
  params: z.object({ depot: z.string(), hours: z.string() }),
  output: done,
})
