import { z } from 'zod'
import { contract } from './contract.ts'
import { moment } from './words.ts'

// The API for telematics and dispatch. Moments here are ISO 8601 with offset, as other systems write them.

const when = z.iso.datetime({ offset: true })
const vehicle = z.object({ id: z.string() })

export const putVehicleState = contract({
  method: 'PUT',
  path: '/api/v1/vehicles/:id/state',
  scope: 'vehicles:write',
  summary: 'State of a vehicle from telematics. An older state never overwrites a newer one.',
  params: vehicle,
  input: z.strictObject({
    at: when,
    socPct: z.number().min(0).max(100).optional(),
    odometerM: z.number().int().nonnegative().optional(),
    pluggedIn: z.boolean().optional(),
    chargingState: z.enum(['none', 'ac', 'dc', 'complete', 'fault', 'unknown']).optional(),
  }),
  output: z.object({ vehicleId: z.string(), stored: z.boolean(), reason: z.string().nullable() }),
})

export const putDeparture = contract({
  method: 'PUT',
  path: '/api/v1/vehicles/:id/departure',
  scope: 'commands:write',
  summary: 'Moves the departure of the next duty, or gives the vehicle one. The plan follows within seconds.',
  params: vehicle,
  input: z.strictObject({ departsAt: when, minSocPct: z.number().min(0).max(100).optional(), issuedAt: when.optional() }),
  output: z.object({ commandId: z.string() }),
})

export const newCommand = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('start'), vehicleId: z.string().optional(), portId: z.string().optional(), issuedAt: when.optional() }),
  z.strictObject({ kind: z.literal('stop'), vehicleId: z.string().optional(), portId: z.string().optional(), issuedAt: when.optional() }),
  z.strictObject({
    kind: z.literal('limit'),
    portId: z.string(),
    limitW: z.number().int().nonnegative(),
    until: when.optional(),
    issuedAt: when.optional(),
  }),
  z.strictObject({
    kind: z.literal('prioritise'),
    vehicleId: z.string(),
    priority: z.number().int().min(0).max(10).default(10),
    until: when,
    issuedAt: when.optional(),
  }),
])

export const commandView = z.object({
  id: z.string(),
  kind: z.string(),
  state: z.string(),
  detail: z.string().nullable(),
  vehicleId: z.string().nullable(),
  portId: z.string().nullable(),
  /** Real time, UTC ms. */
  stamps: z.object({
    t0: moment,
    t1: moment,
    t2: moment.nullable(),
    t3: moment.nullable(),
    t4: moment.nullable(),
    t5: moment.nullable(),
    t6: moment.nullable(),
  }),
})
export type CommandView = z.infer<typeof commandView>

export const postCommand = contract({
  method: 'POST',
  path: '/api/v1/commands',
  scope: 'commands:write',
  summary: 'Start, stop, limit, prioritise. Needs an Idempotency-Key: a repeat gets the same command id and makes one call.',
  input: newCommand,
  output: commandView,
})

export const getCommand = contract({
  method: 'GET',
  path: '/api/v1/commands/:id',
  scope: 'read',
  summary: 'What became of a command, with its stamps.',
  params: z.object({ id: z.string() }),
  output: commandView,
})
