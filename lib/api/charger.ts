import { z } from 'zod'
import { operators } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { newKeyInput, newKeyOutput, pinnable, registrations } from './provisioning.ts'
import { mark, moment } from './words.ts'

export const chargerRow = z.object({
  id: z.string(),
  identity: z.string(),
  name: z.string(),
  vendor: z.string().nullable(),
  model: z.string().nullable(),
  serial: z.string().nullable(),
  firmware: z.string().nullable(),
  protocol: z.string(),
  mark,
  word: z.string(),
  online: z.boolean(),
  seenAt: moment.nullable(),
  ports: z.array(
    z.object({ id: z.string(), number: z.number().int(), bay: z.string(), mark, word: z.string(), powerW: z.number().int().nullable() }),
  ),
  commissioned: z.boolean(),
  problem: z.string().nullable(),
  circuit: z.string(),
  group: z.string().nullable(),
  registration: z.enum(registrations),
})
export type ChargerRow = z.infer<typeof chargerRow>

export const knockingRow = z.object({
  identity: z.string(),
  firstAt: moment,
  lastAt: moment,
  times: z.number().int(),
  address: z.string(),
  reason: z.string(),
  /** It is registered in this depot, and was turned away all the same; null: a stranger. */
  charger: z.object({ id: z.string(), name: z.string() }).nullable(),
})

export const retiredCharger = z.object({
  id: z.string(),
  identity: z.string(),
  name: z.string(),
  model: z.string().nullable(),
  retiredAt: moment,
  sessions: z.number().int(),
})
export type RetiredCharger = z.infer<typeof retiredCharger>

const depot = z.object({ depot: z.string() })
const one = z.object({ depot: z.string(), charger: z.string() })

export const getChargers = contract({
  method: 'GET',
  path: '/api/depots/:depot/chargers',
  roles: operators,
  summary: 'Chargers with their state, and who was turned away at the door.',
  params: depot,
  output: z.object({
    chargers: z.array(chargerRow),
    knocking: z.array(knockingRow),
    nodes: z.array(z.object({ id: z.string(), name: z.string(), kind: z.string() })),
    /** Out of service; the newest first. */
    retired: z.array(retiredCharger),
    /** How a charger that is added begins. */
    newChargers: z.enum(['accepted', 'pending']),
  }),
})

export const limitRow = z.object({
  id: z.string(),
  port: z.number().int(),
  kind: z.enum(['fallback', 'session']),
  steps: z.array(z.object({ from: moment.nullable(), limitW: z.number().int() })),
  sentAt: moment,
  outcome: z.string(),
  answeredAt: moment.nullable(),
  countsAt: moment.nullable(),
  reason: z.string().nullable(),
})

export const getCharger = contract({
  method: 'GET',
  path: '/api/depots/:depot/chargers/:charger',
  roles: operators,
  summary: 'One charger: what it is, its configuration, its quirks, the limits sent.',
  params: one,
  output: chargerRow.extend({
    bootedAt: moment.nullable(),
    clockOffsetMs: z.number().int(),
    quirks: z.record(z.string(), z.unknown()),
    configuration: z.array(z.object({ key: z.string(), value: z.string().nullable(), readonly: z.boolean() })),
    limits: z.array(limitRow),
    /** Why each action cannot be done now; null: it can. */
    whyNot: z.object({ start: z.string().nullable(), stop: z.string().nullable(), reset: z.string().nullable() }),
  }),
})

const upTo = (most: number) => z.string('Text.').trim().max(most, `At most ${most} characters.`)
const words = (most: number, missing: string) => z.string(missing).trim().min(1, missing).max(most, `At most ${most} characters.`)
const between = (least: number, most: number, said: string) => z.number(said).min(least, said).max(most, said)

export const addCharger = contract({
  method: 'POST',
  path: '/api/depots/:depot/chargers',
  roles: operators,
  summary: 'Adds a charger (or adopts a knocking one): a new key, shown once.',
  params: depot,
  input: z.object({
    identity: z
      .string('Its identity is missing.')
      .regex(/^[A-Za-z0-9_.:-]{1,48}$/, 'Letters, digits and . _ : - only, at most 48.')
      .regex(/^(?!\.{1,2}$)/, 'More than dots: an address leaves out "." and "..", so the charger could never come in.'),
    name: words(60, 'Give it a name.'),
    nodeId: z.string('Choose where it hangs.').min(1, 'Choose where it hangs.'),
    ports: between(1, 8, 'A whole number from 1 to 8.').int('A whole number from 1 to 8.').default(1),
    maxKw: z.number('A number of kW.').positive('More than 0 kW.').max(400, 'At most 400 kW.').describe('Of each port.'),
    minA: between(6, 32, 'From 6 to 32 A.').default(6),
    volts: between(100, 480, 'From 100 to 480 V, without decimals.').int('From 100 to 480 V, without decimals.').default(240),
    phases: z.union([z.literal(1), z.literal(2), z.literal(3)], 'Write 1, 2 or 3.').default(1),
    wiring: z.enum(['L-N', 'L-L'], 'Write L-N (line to neutral) or L-L (between two lines).').default('L-L'),
    bay: words(12, 'Name its bay.'),
    /** Of each port's connector. */
    standard: words(20, 'Name the plug, such as Type1.').default('unknown'),
    group: upTo(60).optional(),
    /** Given by the caller; absent: made here. */
    key: z.string('Text.').max(100, 'At most 100 characters.').optional(),
    /** Absent: as the depot says. */
    registration: z.enum(registrations, 'Write accepted, pending or rejected.').optional(),
    pinnedProtocol: z
      .enum(pinnable, `Write ${pinnable.join(' or ')}, or nothing.`)
      .nullable()
      .optional(),
    registeredSerial: upTo(50).optional(),
    lenient: z.boolean('Yes or no.').optional(),
  }),
  output: z.object({
    charger: chargerRow,
    key: z.string(),
    url: z.string(),
    /** Why the site tree cannot be kept under its caps with this charger, in a sentence; null: it can. */
    refusal: z.string().nullable(),
  }),
})

export const rotateChargerKey = contract({
  method: 'POST',
  path: '/api/depots/:depot/chargers/:charger/key',
  roles: operators,
  summary: 'A new key for a charger, shown once: at once, or told to the charger first.',
  params: one,
  input: newKeyInput,
  output: newKeyOutput,
})

/** What a person asks of a charger; each goes through the envelope or is refused with the reason. */
export const chargerAct = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('start'), port: z.number().int(), vehicleId: z.string().optional() }),
  z.object({ kind: z.literal('stop'), port: z.number().int() }),
  z.object({ kind: z.literal('reset'), how: z.enum(['Soft', 'Hard']) }),
  z.object({ kind: z.literal('availability'), port: z.number().int(), operative: z.boolean() }),
  z.object({
    kind: z.literal('trigger'),
    message: z.enum(['StatusNotification', 'MeterValues', 'BootNotification', 'Heartbeat']),
    port: z.number().int().optional(),
  }),
  z.object({ kind: z.literal('getConfiguration') }),
  z.object({ kind: z.literal('changeConfiguration'), key: z.string().min(1).max(50), value: z.string().max(500) }),
  z.object({ kind: z.literal('clearProfiles') }),
  z.object({ kind: z.literal('compositeSchedule'), port: z.number().int() }),
])
export type ChargerAct = z.infer<typeof chargerAct>

export const actOutcome = z.object({
  commandId: z.string(),
  outcome: z.enum(['accepted', 'refused', 'timeout', 'offline', 'scheduled']),
  /** One sentence for the person who asked. */
  detail: z.string(),
  response: z.unknown().optional(),
})
export type ActOutcome = z.infer<typeof actOutcome>

export const actOnCharger = contract({
  method: 'POST',
  path: '/api/depots/:depot/chargers/:charger/acts',
  roles: operators,
  summary: 'Start, stop, reset, availability, trigger, configuration: with the outcome.',
  params: one,
  input: chargerAct,
  output: actOutcome,
})
