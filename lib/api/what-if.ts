import { z } from 'zod'
import { operators } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { dutyInput } from './duty.ts'
import { putPeak } from './peak.ts'
import { changeNode, lowerLimit } from './site.ts'
import { done, moment, slot, steps } from './words.ts'

/** Depot time such as `2026-11-24 06:30`, or ISO 8601 with offset. */
const when = z.string().trim().min(1, 'When?').max(40)
const orEmpty = when.nullable().default(null)
const policies = z.enum(['readyFirst', 'cheapest', 'greenest'])
const kw = z.number('A number of kW.').min(0, 'Not less than 0 kW.').max(100_000, 'At most 100000 kW.')

/** One thing to try. What cannot be applied (prices, more vehicles, a bay) is a preview only, and says so. */
export const whatIfInput = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('departure'), vehicleId: z.string().min(1, 'Which vehicle?'), departs: when }),
  z.object({ kind: z.literal('limit'), nodeId: z.string().min(1, 'Which one?'), kw, from: orEmpty, until: orEmpty }),
  z.object({
    kind: z.literal('price'),
    window: z.string().min(1, 'Which window?'),
    perKwh: z.number('A price per kWh.').min(-10, 'At least −10 per kWh.').max(10, 'At most 10 per kWh.'),
  }),
  z.object({
    kind: z.literal('vehicles'),
    count: z.number('A whole number.').int('A whole number.').min(1, 'At least one.').max(200, 'At most 200.'),
    nodeId: z.string().min(1, 'Which one?'),
    kwh: z.number('A number of kWh.').min(0.1, 'At least 0.1 kWh.').max(2000, 'At most 2000 kWh.'),
    kw: kw.min(1.4, 'At least 1.4 kW.').max(1000, 'At most 1000 kW.'),
    arrives: orEmpty,
    departs: when,
  }),
  z.object({
    kind: z.literal('first'),
    vehicleId: z.string().min(1, 'Which vehicle?'),
    /** Null: until it leaves, at most a day. */
    until: orEmpty,
  }),
  z.object({ kind: z.literal('bay'), vehicleId: z.string().min(1, 'Which vehicle?'), portId: z.string().min(1, 'Which bay?') }),
  z.object({ kind: z.literal('policy'), policy: policies }),
  z.object({ kind: z.literal('peak') }),
])
export type WhatIfInput = z.output<typeof whatIfInput>

const outcome = z.object({
  costMicro: z.number().int(),
  /** What of it is a new peak of the month. */
  newPeakMicro: z.number().int(),
  energyWh: z.number().int(),
  highestW: z.number().int(),
  /** Vehicles that leave with less than they need. */
  short: z.number().int(),
  missingWh: z.number().int(),
})

const effectKinds = ['late', 'ready', 'lacksMore', 'lacksLess', 'readyLater', 'readyEarlier', 'moved', 'new', 'gone'] as const

/** A vehicle of the preview: its hours, and what the change does to it. */
export const previewRow = z.object({
  vehicleId: z.string(),
  name: z.string(),
  /** It is only supposed. */
  supposed: z.boolean(),
  departsAt: moment,
  readyAt: moment.nullable(),
  missingWh: z.number().int(),
  needWh: z.number().int(),
  maxW: z.number().int(),
  arrivesAt: moment,
  planned: steps,
  effect: z.enum(effectKinds).nullable(),
  /** The effect in a sentence; null when nothing changes for it. */
  words: z.string().nullable(),
})
export type PreviewRow = z.infer<typeof previewRow>

/** How a preview becomes true: the input of the door that does it, and the one that takes it back. */
const apply = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('duty'), dutyId: z.string(), before: dutyInput, after: dutyInput }),
  z.object({ kind: z.literal('limit'), nodeId: z.string(), before: changeNode.input!, after: changeNode.input! }),
  /** `id` of the hours once they are made: what is taken back. */
  z.object({ kind: z.literal('hours'), nodeId: z.string(), limit: lowerLimit.input!, id: z.string().nullable() }),
  z.object({ kind: z.literal('first'), vehicleId: z.string(), until: moment }),
  z.object({ kind: z.literal('policy'), before: policies, after: policies }),
  z.object({ kind: z.literal('peak'), before: putPeak.input!, after: putPeak.input! }),
])
export type Apply = z.infer<typeof apply>

export const whatIfView = z.object({
  /** What is tried, in words: `Van 07 leaves at 04:30`. */
  what: z.string(),
  /** The plan whose input was changed. */
  startedFrom: z.object({ planId: z.string(), madeAt: moment, inputDigest: z.string() }),
  tookMs: z.number(),
  inForce: outcome,
  preview: outcome,
  /** In sentences, the most important first. */
  differences: z.array(z.string()),
  rows: z.array(previewRow),
  site: z.object({ cap: z.array(slot), base: z.array(slot), vehicles: z.array(slot) }),
  apply: apply.nullable(),
  /** What applying does, or why it cannot be applied. */
  applyWords: z.string(),
})
export type WhatIfView = z.infer<typeof whatIfView>

export const tryWhatIf = contract({
  method: 'POST',
  path: '/api/depots/:depot/plan/what-if',
  roles: operators,
  summary: 'The plan as it would be with one thing changed, beside the one in force. Nothing is changed by asking.',
  params: z.object({ depot: z.string() }),
  input: whatIfInput,
  output: whatIfView,
})

/** Something that would help a vehicle, tried out: what it brings and what it costs. */
export const helpItem = z.object({
  word: z.string(),
  effect: z.string(),
  /** More (or less) than the plan in force costs; null: it was not tried. */
  costMicro: z.number().int().nullable(),
  /** It makes a vehicle ready that would be short. */
  helps: z.boolean(),
  /** To be previewed; null: only hands can do it. */
  change: whatIfInput.nullable(),
})
export type HelpItem = z.infer<typeof helpItem>

export const getHelp = contract({
  method: 'GET',
  path: '/api/depots/:depot/plan/vehicles/:vehicle/help',
  roles: operators,
  summary: 'What would help a vehicle of the plan, each tried out by the planner: what it brings, what it costs, whom it makes late.',
  params: z.object({ depot: z.string(), vehicle: z.string() }),
  output: z.object({ planId: z.string().nullable(), items: z.array(helpItem) }),
})

export const setPriority = contract({
  method: 'POST',
  path: '/api/depots/:depot/vehicles/:vehicle/priority',
  roles: operators,
  summary:
    'Charges a vehicle before all others, at any price, until a moment; or ends that. With `ifStill` only while it is first until that moment (409 otherwise).',
  params: z.object({ depot: z.string(), vehicle: z.string() }),
  input: z.object({
    first: z.boolean(),
    /** UTC ms; without it until its next departure, at most a day. */
    until: moment.optional(),
    ifStill: moment.optional(),
  }),
  output: z.object({ ...done.shape, until: moment.nullable() }),
})
