import { z } from 'zod'
import { operators } from '#lib/auth/role.ts'
import { isAction, sendableActions } from '#lib/ocpp/actions16.ts'
import { contract } from './contract.ts'
import { rotationView } from './provisioning.ts'
import { moment } from './words.ts'

// Chargers for other systems: what they are, what was said, what they charged, and any call of ours to one of them.
// `:charger` is our id or the identity in the charger's URL. What is of another depot than the key's looks like what is not there.

const one = z.object({ charger: z.string().min(1).max(200) })
/** ISO 8601 with offset. */
const when = z.iso.datetime({ offset: true })
/** Of a query string: `50`. */
const take = z.coerce.number().int().min(1).max(500).default(50)
const cursor = z.string().max(60).optional()

/** A page of a list: `next` is the cursor of the following one. */
export const listed = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() })

export const v1Port = z.object({
  id: z.string(),
  /** connectorId in 1.6. */
  number: z.number().int(),
  bay: z.string(),
  status: z.string(),
  statusAt: moment.nullable(),
  errorCode: z.string().nullable(),
  maxW: z.number().int(),
  minW: z.number().int(),
  phases: z.number().int(),
  volts: z.number().int(),
  wiring: z.string(),
  powerW: z.number().int().nullable(),
  /** Why it is held out of use; null: it may be used. */
  held: z.string().nullable(),
  /** The open transaction. */
  transactionId: z.number().int().nullable(),
})

export const v1Charger = z.object({
  id: z.string(),
  identity: z.string(),
  depotId: z.string(),
  nodeId: z.string(),
  name: z.string(),
  group: z.string().nullable(),
  vendor: z.string().nullable(),
  model: z.string().nullable(),
  serial: z.string().nullable(),
  firmware: z.string().nullable(),
  protocol: z.string(),
  pinnedProtocol: z.string().nullable(),
  /** accepted | pending | rejected */
  registration: z.string(),
  registrationRetryS: z.number().int(),
  /** The least it may connect with, and as it is connected now. */
  securityProfile: z.number().int(),
  connectedProfile: z.number().int().nullable(),
  lenient: z.boolean(),
  maxW: z.number().int(),
  online: z.boolean(),
  seenAt: moment.nullable(),
  bootedAt: moment.nullable(),
  commissionedAt: moment.nullable(),
  problem: z.string().nullable(),
  retiredAt: moment.nullable(),
  ports: z.array(v1Port),
})
export type V1Charger = z.infer<typeof v1Charger>

export const listChargers = contract({
  method: 'GET',
  path: '/api/v1/chargers',
  roles: operators,
  scope: 'chargers:read',
  summary: 'Chargers with their ports and state.',
  input: z.object({
    depot: z.string().optional(),
    search: z.string().max(100).optional(),
    /** `true`: those that are retired as well. */
    retired: z.stringbool().default(false),
    cursor,
    take,
  }),
  output: listed(v1Charger),
})

export const readCharger = contract({
  method: 'GET',
  path: '/api/v1/chargers/:charger',
  roles: operators,
  scope: 'chargers:read',
  summary: 'One charger, with its configuration and what is special about it.',
  params: one,
  output: v1Charger.extend({
    clockOffsetMs: z.number().int(),
    configuration: z.array(z.object({ key: z.string(), value: z.string().nullable(), readonly: z.boolean() })),
    configurationAt: moment.nullable(),
    quirks: z.record(z.string(), z.unknown()),
    localListVersion: z.number().int().nullable(),
    bentTimes: z.number().int(),
    keyIssuedAt: moment.nullable(),
    /** How far the last rotation of its key is; null: none since the last plain new key. */
    rotation: rotationView.nullable(),
  }),
})

export const messageRow = z.object({
  id: z.string(),
  at: moment,
  /** `in`: the charger said it. */
  direction: z.enum(['in', 'out']),
  type: z.enum(['call', 'result', 'error', 'bad']),
  action: z.string().nullable(),
  messageId: z.string(),
  /** Of an error: its code, description and details, in a list. */
  payload: z.unknown(),
  /** What was straightened in it, or what is wrong with it. */
  note: z.string().nullable(),
})

export const listMessages = contract({
  method: 'GET',
  path: '/api/v1/chargers/:charger/messages',
  roles: operators,
  scope: 'chargers:read',
  summary: 'The raw log of both directions, newest first.',
  params: one,
  input: z.object({
    search: z.string().max(200).optional(),
    action: z.string().max(60).refine(isAction, 'OCPP 1.6 has no such action. What a charger made up is found by search.').optional(),
    direction: z.enum(['in', 'out']).optional(),
    since: when.optional(),
    until: when.optional(),
    cursor,
    take,
  }),
  output: listed(messageRow),
})

export const v1Transaction = z.object({
  /** The transactionId that the charger got. */
  id: z.number().int(),
  port: z.number().int(),
  portId: z.string(),
  idTag: z.string(),
  tokenId: z.string().nullable(),
  vehicleId: z.string().nullable(),
  driverId: z.string().nullable(),
  startedAt: moment,
  stoppedAt: moment.nullable(),
  meterStartWh: z.number().int(),
  meterStopWh: z.number().int().nullable(),
  energyWh: z.number().int(),
  stopReason: z.string().nullable(),
  /** Null: no tariff was in force when it began, or it is not priced yet. */
  cost: z.object({ minor: z.number().int(), currency: z.string(), estimated: z.boolean() }).nullable(),
  flags: z.array(z.string()),
})

export const listTransactions = contract({
  method: 'GET',
  path: '/api/v1/chargers/:charger/transactions',
  roles: operators,
  scope: 'chargers:read',
  summary: 'Transactions of a charger, newest first.',
  params: one,
  input: z.object({
    /** Began at this moment or after it. */
    since: when.optional(),
    /** Began before this moment. */
    until: when.optional(),
    /** `true`: only those that go on; `false`: only those that ended. */
    open: z.stringbool().optional(),
    cursor,
    take,
  }),
  output: listed(v1Transaction),
})

export const callAction = z.enum(sendableActions)

export const callAnswer = z.object({
  commandId: z.string(),
  /** `answered`: the charger answered, whatever its status says. `refused`: by us, so that nothing left, or with a CALLERROR by the charger. */
  outcome: z.enum(['answered', 'refused', 'timeout', 'offline']),
  /** Who refused. */
  by: z.enum(['yardwatt', 'charger']).nullable(),
  reason: z.string().nullable(),
  /** The payload of its answer, word for word. */
  response: z.unknown(),
  /** What follows from it, in a sentence. */
  note: z.string().nullable(),
})
export type CallAnswer = z.infer<typeof callAnswer>

export const postCall = contract({
  method: 'POST',
  path: '/api/v1/chargers/:charger/calls',
  roles: operators,
  scope: 'calls:write',
  summary: 'Any message of ours to a charger, checked before it is sent; answers when the charger has, or has not, answered.',
  params: one,
  input: z.strictObject({
    action: callAction,
    payload: z.record(z.string(), z.unknown()).default({}),
    /** How long to wait for the charger's answer. */
    timeoutS: z.number().int().min(1).max(30).default(30),
  }),
  output: callAnswer,
})

export const callRow = z.object({
  commandId: z.string(),
  at: moment,
  actor: z.string(),
  source: z.string(),
  action: z.string(),
  /** Without secrets. */
  payload: z.unknown(),
  state: z.string(),
  detail: z.string().nullable(),
  /** Null while it is under way. */
  answer: callAnswer.omit({ commandId: true }).nullable(),
})
export type CallRow = z.infer<typeof callRow>

export const listCalls = contract({
  method: 'GET',
  path: '/api/v1/chargers/:charger/calls',
  roles: operators,
  scope: 'chargers:read',
  summary: 'Calls that were asked of a charger, by a person or a machine, newest first, with what came of each.',
  params: one,
  input: z.object({ cursor, take }),
  output: listed(callRow),
})

export const actionRow = z.object({
  action: callAction,
  /** What it is for, in a sentence. */
  about: z.string(),
  /** Why it cannot be called now; null: it can. */
  whyNot: z.string().nullable(),
  /** JSON Schema of its payload, as the specification gives it. */
  schema: z.record(z.string(), z.unknown()),
  /** A payload to begin with. */
  example: z.record(z.string(), z.unknown()),
})
export type ActionRow = z.infer<typeof actionRow>

export const listActions = contract({
  method: 'GET',
  path: '/api/v1/chargers/:charger/actions',
  roles: operators,
  scope: 'chargers:read',
  summary: 'What can be called at a charger: each message with its schema, a payload to begin with, and why it cannot be called now.',
  params: one,
  output: z.object({ actions: z.array(actionRow) }),
})
