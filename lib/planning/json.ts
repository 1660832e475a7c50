import { z } from 'zod'
import type { Instant } from '#lib/time/instant.ts'
import type { Milliamps, Phase, WattHours, Watts } from '#lib/units/units.ts'
import type { PlanningInput } from './input.ts'
import type { Cause, Plan, Reason, Remedy } from './plan-result.ts'

// The planner's question and answer as JSON documents: the same names as the types of input.ts and plan-result.ts (docs/planner-json.md).

export type Read<T> = { kind: 'ok'; value: T } | { kind: 'wrong'; problems: string[] }

const whole = z.number().int()
const amount = whole.min(0)
const asWatts = amount.transform((n) => n as Watts)
const asWattHours = amount.transform((n) => n as WattHours)
const asMilliamps = amount.transform((n) => n as Milliamps)
const moment = whole.transform((n) => n as Instant)
/** Sums of such numbers are still exact. */
const MOST = 1e12
// parts of a unit in a question, from somebody's own arithmetic, are rounded to the safe side: limits down, loads and needs up
const mostW = z
  .number()
  .min(0)
  .max(MOST)
  .transform((n) => Math.floor(n) as Watts)
const leastW = z
  .number()
  .min(0)
  .max(MOST)
  .transform((n) => Math.ceil(n) as Watts)
const loadW = z
  .number()
  .min(-MOST)
  .max(MOST)
  .transform((n) => Math.ceil(n) as Watts)
const mostMa = z
  .number()
  .min(0)
  .transform((n) => Math.floor(n) as Milliamps)
const neededWh = z
  .number()
  .min(0)
  .max(MOST)
  .transform((n) => Math.ceil(n) as WattHours)
const late = z.number().transform((n) => Math.ceil(n) as Instant)
const early = z.number().transform((n) => Math.floor(n) as Instant)
const id = z.string().min(1)
const phase = z.enum(['l1', 'l2', 'l3']) satisfies z.ZodType<Phase>
const policy = z.enum(['readyFirst', 'cheapest', 'greenest'])
const slotMinutes = z.union([z.literal(5), z.literal(15)], { error: 'must be 5 or 15' })

const node = z.strictObject({
  id,
  parent: id.optional(),
  limitW: z.array(mostW),
  limitMa: z.strictObject({ l1: z.array(mostMa), l2: z.array(mostMa), l3: z.array(mostMa) }).optional(),
  baseLoadW: z.array(loadW).optional(),
  volts: z.number().positive(),
  wiring: z.enum(['L-N', 'L-L']),
  stopped: z.enum(['stopAll', 'lockedOut']).optional(),
})
const port = z.strictObject({
  id,
  node: id,
  maxW: mostW,
  // down as well: the power of a set point is rounded down, so 6 A at 2,161.6 W are 2,161
  minW: mostW,
  stepMa: whole.positive().transform((n) => n as Milliamps),
  phases: z
    .array(phase)
    .min(1)
    .max(3)
    .refine((all) => new Set(all).size === all.length, 'names a conductor twice'),
  maxPeriods: whole.positive(),
  reservedW: z.array(leastW),
  offline: z
    .strictObject({
      followsW: z.array(leastW),
      held: z.strictObject({ why: z.enum(['overLimit', 'unconfirmed', 'byPerson']), by: z.string().optional() }).optional(),
    })
    .optional(),
})
const need = z.strictObject({
  id,
  port: id.optional(),
  arrives: late,
  departs: early,
  energyWh: neededWh,
  extraWh: neededWh.optional(),
  maxW: mostW,
  taper: z.array(z.strictObject({ afterWh: neededWh, maxW: mostW })).optional(),
  phases: z.union([z.literal(1), z.literal(2), z.literal(3)], { error: 'must be 1, 2 or 3' }),
  efficiency: z.number().positive().max(1),
  priority: z.number(),
  chargeFirst: z.boolean().optional(),
  mayPause: z.boolean(),
})
const demand = z.strictObject({
  microPerKw: z.number().min(0),
  slots: z.array(z.boolean()),
  peakSoFarW: mostW,
  targetW: mostW.optional(),
  targetIsHard: z.boolean().optional(),
  caution: z.boolean().optional(),
})

// causes, remedies and reasons are words for people: what they carry beside their kind is not judged here
const kinded = <T extends { kind: string }>() =>
  z.custom<T>((value) => typeof (value as { kind?: unknown } | null)?.kind === 'string', 'must be an object with a "kind"')

/** The planner's answer. Fields that this version does not know are kept. */
export const planJson: z.ZodType<Plan> = z.looseObject({
  from: moment,
  slotMinutes,
  policy: policy.optional(),
  allocations: z.array(
    z.looseObject({
      vehicle: id,
      port: id,
      periods: z.array(z.looseObject({ fromSlot: amount, milliamps: asMilliamps, phases: z.array(phase) })),
      powerW: z.array(asWatts),
    }),
  ),
  shortfalls: z.array(z.looseObject({ vehicle: id, missingWh: asWattHours, cause: kinded<Cause>(), remedies: z.array(kinded<Remedy>()) })),
  reasons: z.record(z.string(), kinded<Reason>()),
  binding: z.array(z.looseObject({ node: id, slot: amount, valueMicroPerKw: z.number() })),
  costMicro: z.number(),
  lowerBoundMicro: z.number(),
  gap: z.number(),
  inputDigest: z.string(),
})

/** The planner's question: shapes here, what fits together in `misfits`. */
export const planningInputJson: z.ZodType<PlanningInput> = z
  .strictObject({
    now: moment,
    slotMinutes,
    slots: whole.min(1).max(2_000),
    nodes: z.array(node).min(1),
    ports: z.array(port),
    needs: z.array(need),
    prices: z.strictObject({
      microPerKwh: z.array(z.number()),
      reserveMicroPerKwh: z.number().optional(),
      carbonGPerKwh: z.array(z.number()).optional(),
      demand: z.array(demand),
    }),
    policy,
    previous: planJson.optional(),
  })
  .superRefine((input, ctx) => {
    for (const { path, message } of misfits(input)) ctx.addIssue({ code: 'custom', path, message })
  })

type Misfit = { path: (string | number)[]; message: string }

/** What cannot be: a value too few, a node that is its own parent, a port nobody knows. */
function misfits(input: PlanningInput): Misfit[] {
  const { slots, nodes, ports, needs, prices } = input
  const found: Misfit[] = []
  const perSlot = (path: Misfit['path'], values: readonly unknown[] | undefined, orNone = false) => {
    if (values === undefined || values.length === slots || (orNone && values.length === 0)) return
    found.push({ path, message: `has ${values.length} values; one per slot are needed, ${slots}${orNone ? ' or none' : ''}` })
  }
  const unique = (name: string, ids: string[]) =>
    ids.forEach((each, i) => {
      if (ids.indexOf(each) < i) found.push({ path: [name, i, 'id'], message: `"${each}" is there twice` })
    })
  const known = (path: Misfit['path'], what: string, which: string | undefined, of: Set<string>) => {
    if (which !== undefined && !of.has(which)) found.push({ path, message: `there is no ${what} "${which}"` })
  }
  const nodeIds = new Set(nodes.map((each) => each.id))
  const portIds = new Set(ports.map((each) => each.id))
  unique(
    'nodes',
    nodes.map((each) => each.id),
  )
  unique(
    'ports',
    ports.map((each) => each.id),
  )
  unique(
    'needs',
    needs.map((each) => each.id),
  )
  nodes.forEach(({ id: own, parent, limitW, limitMa, baseLoadW }, i) => {
    const at = ['nodes', i]
    known([...at, 'parent'], 'node', parent, nodeIds)
    if (isOwnParent(nodes, own)) found.push({ path: [...at, 'parent'], message: `"${own}" is above itself: the tree has a circle` })
    perSlot([...at, 'limitW'], limitW)
    for (const each of ['l1', 'l2', 'l3'] as const) perSlot([...at, 'limitMa', each], limitMa?.[each])
    perSlot([...at, 'baseLoadW'], baseLoadW)
  })
  ports.forEach(({ node: at, reservedW, offline }, i) => {
    known(['ports', i, 'node'], 'node', at, nodeIds)
    perSlot(['ports', i, 'reservedW'], reservedW, true)
    perSlot(['ports', i, 'offline', 'followsW'], offline?.followsW)
  })
  needs.forEach(({ port: at }, i) => {
    known(['needs', i, 'port'], 'port', at, portIds)
  })
  perSlot(['prices', 'microPerKwh'], prices.microPerKwh)
  perSlot(['prices', 'carbonGPerKwh'], prices.carbonGPerKwh)
  prices.demand.forEach((charge, i) => {
    perSlot(['prices', 'demand', i, 'slots'], charge.slots)
  })
  return found
}

const isOwnParent = (nodes: PlanningInput['nodes'], start: string): boolean => {
  const parents = new Map(nodes.map((each) => [each.id, each.parent]))
  const seen = new Set<string>()
  for (let at = parents.get(start); at !== undefined && !seen.has(at); at = parents.get(at)) {
    if (at === start) return true
    seen.add(at)
  }
  return false
}

/** Reads a question from parsed JSON; each problem says where it is, as `nodes[2].limitW: …`. */
export const readPlanningInput = (json: unknown): Read<PlanningInput> => read(planningInputJson, json)

/** Reads an answer from parsed JSON. */
export const readPlan = (json: unknown): Read<Plan> => read(planJson, json)

function read<T>(schema: z.ZodType<T>, json: unknown): Read<T> {
  const parsed = schema.safeParse(json)
  if (parsed.success) return { kind: 'ok', value: parsed.data }
  return { kind: 'wrong', problems: parsed.error.issues.map(({ path, message }) => `${inWords(path)}: ${message}`) }
}

const inWords = (path: PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part)),
    '',
  ) || 'the document'
