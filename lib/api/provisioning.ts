import { z } from 'zod'
import { operators } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { done, moment } from './words.ts'

// How a charger comes, changes and goes: its facts, ports, registration and key. Its life on the socket is lib/api/charger.ts.

const depot = z.object({ depot: z.string() })
const one = z.object({ depot: z.string(), charger: z.string() })

export const registrations = ['accepted', 'pending', 'rejected'] as const
export type Registration = (typeof registrations)[number]

/** Protocols a charger can be pinned to: it is refused when it does not come in this one. */
export const pinnable = ['ocpp1.6', 'ocpp2.0.1'] as const

/** How far the rotation of a key is. `unsure`: the charger may have taken it; both keys open until one is used. */
export const rotationStates = ['written', 'sent', 'taken', 'restart', 'unsure', 'refused', 'cancelled', 'done'] as const
export type RotationState = (typeof rotationStates)[number]

export const rotationView = z.object({
  state: z.enum(rotationStates),
  at: moment,
  /** What happened and what follows, in a sentence. */
  detail: z.string(),
  /** Both keys open. */
  open: z.boolean(),
})

/** Given by the caller; whether it is strong enough says lib/ocpp/charger-key.ts. */
const givenKey = z.string().max(100).optional()
const text = (most: number) => z.string().trim().min(1, 'Not empty.').max(most, `At most ${most} characters.`)
const orNull = (most: number) =>
  z
    .string()
    .trim()
    .max(most, `At most ${most} characters.`)
    .nullable()
    .transform((value) => value || null)

export const chargerPort = z.object({
  id: z.string(),
  number: z.number().int(),
  bay: z.string(),
  maxW: z.number().int(),
  minA: z.number(),
  phases: z.number().int(),
  volts: z.number().int(),
  wiring: z.enum(['L-N', 'L-L']),
  /** Conductors of the site in the order of its own, such as "l2 l3 l1"; null: nobody told. */
  lines: z.string().nullable(),
  connectors: z.array(z.object({ number: z.number().int(), standard: z.string() })),
  /** A session is open: the port cannot be removed. */
  inUse: z.boolean(),
})
export type ChargerPort = z.infer<typeof chargerPort>

export const getProvisioning = contract({
  method: 'GET',
  path: '/api/depots/:depot/chargers/:charger/provisioning',
  roles: operators,
  summary: 'What a person sets of a charger: its facts, ports, registration and key; of a retired one too.',
  params: one,
  output: z.object({
    id: z.string(),
    identity: z.string(),
    name: z.string(),
    nodeId: z.string(),
    nodes: z.array(z.object({ id: z.string(), name: z.string(), kind: z.string() })),
    group: z.string().nullable(),
    maxW: z.number().int(),
    pinnedProtocol: z.string().nullable(),
    registeredSerial: z.string().nullable(),
    serial: z.string().nullable(),
    meter: z.object({ type: z.string().nullable(), serial: z.string().nullable() }),
    sim: z.object({ iccid: z.string().nullable(), imsi: z.string().nullable() }),
    lenient: z.boolean(),
    /** Messages with properties that the protocol does not know, so far. */
    bentTimes: z.number().int(),
    registration: z.enum(registrations),
    retryS: z.number().int(),
    /** Messages that were not handled since it is not accepted. */
    refusedTimes: z.number().int(),
    online: z.boolean(),
    keyIssuedAt: moment.nullable(),
    hasKey: z.boolean(),
    rotation: rotationView.nullable(),
    retiredAt: moment.nullable(),
    /** Why it cannot be retired without force, or restored; null: it can. */
    whyNotRetire: z.string().nullable(),
    whyNotRestore: z.string().nullable(),
    ports: z.array(chargerPort),
    /** NumberOfConnectors as the charger told it; null: it did not. */
    toldConnectors: z.number().int().nullable(),
  }),
})
export type Provisioning = z.infer<(typeof getProvisioning)['output']>

/** What is left out stays as it is. */
export const chargerChange = z.object({
  name: text(60).optional(),
  nodeId: z.string().optional(),
  group: orNull(60).optional(),
  maxKw: z
    .number('A number of kW.')
    .positive('More than 0.')
    .max(400, 'At most 400 kW.')
    .optional()
    .describe('Of the whole charger; ports that could give more are lowered with it.'),
  pinnedProtocol: z.enum(pinnable).nullable().optional(),
  registeredSerial: orNull(50).optional(),
  lenient: z.boolean().optional(),
})
export type ChargerChange = z.output<typeof chargerChange>

export const changeCharger = contract({
  method: 'PUT',
  path: '/api/depots/:depot/chargers/:charger',
  roles: operators,
  summary: 'Changes name, place in the tree, group, pinned protocol, registered serial or lenience of a charger.',
  params: one,
  input: chargerChange,
  output: done,
})

/** As many as the port has, each once: "l2", "l2 l3", "l3 l1 l2". */
const portLines = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^l[123]( l[123]){0,2}$/, 'Such as L1, L2 L3 or L2 L3 L1.')
  .refine((lines) => new Set(lines.split(' ')).size === lines.split(' ').length, 'Each line once.')

export const portInput = z.strictObject({
  /** Of the port as it is; absent: a new one. */
  id: z.string().optional(),
  number: z.number('A number.').int().min(1, 'Numbers begin with 1.').max(32, 'At most 32.'),
  bay: text(12),
  maxKw: z.number('A number of kW.').positive('More than 0.').max(400, 'At most 400 kW.').describe('Of this port.'),
  minA: z.number('A number of A.').min(6, 'At least 6 A.').max(32, 'At most 32 A.'),
  phases: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  volts: z.number('A number of V.').int().min(100, 'At least 100 V.').max(1000, 'At most 1000 V.'),
  wiring: z.enum(['L-N', 'L-L']),
  /** Conductors of the site in the order of its own, such as "l2 l3 l1". Absent: as it is; null: not known. */
  lines: portLines.nullable().optional(),
  connectors: z
    .array(z.strictObject({ number: z.number().int().min(1).max(8), standard: text(20) }))
    .max(8)
    .optional(),
})
export type PortInput = z.output<typeof portInput>
export const portsInput = z.object({ ports: z.array(portInput).min(1, 'At least one port.').max(32, 'At most 32 ports.') })

export const changePorts = contract({
  method: 'PUT',
  path: '/api/depots/:depot/chargers/:charger/ports',
  roles: operators,
  summary: 'All ports of a charger as they shall be. Those left out are removed, unless a session is open there.',
  params: one,
  input: portsInput,
  output: done,
})

export const registrationInput = z.object({
  registration: z.enum(registrations),
  /** Seconds until a charger that is not accepted may ask again. */
  retryS: z.number().int().min(10, 'At least 10 s.').max(86_400, 'At most a day.').optional(),
})
export const registrationOutput = z.object({
  ok: z.literal(true),
  /** What follows at the charger, in a sentence. */
  detail: z.string(),
})
export const setRegistration = contract({
  method: 'PUT',
  path: '/api/depots/:depot/chargers/:charger/registration',
  roles: operators,
  summary: 'Accepts a charger, lets it wait for approval, or rejects it.',
  params: one,
  input: registrationInput,
  output: registrationOutput,
})

/** Decided at once in one request; more are sent in several. */
export const MOST_DECIDED = 50
export const decideChargers = contract({
  method: 'PUT',
  path: '/api/depots/:depot/chargers/registration',
  roles: operators,
  summary: 'Accepts or rejects several chargers, each by itself as when it is decided alone.',
  params: depot,
  input: z.object({
    chargers: z.array(z.string()).min(1, 'Name at least one.').max(MOST_DECIDED, `At most ${MOST_DECIDED} at once.`),
    registration: z.enum(['accepted', 'rejected']),
  }),
  output: z.object({
    /** In the order asked. */
    results: z.array(
      z.object({
        id: z.string(),
        decided: z.boolean(),
        /** What follows at the charger, or why it was not decided, in a sentence. */
        detail: z.string(),
      }),
    ),
  }),
})
export type Decided = z.infer<(typeof decideChargers)['output']>['results'][number]

export const newKeyInput = z.object({
  /** `now`: the old key opens nothing any more. `rotate`: the charger is told the new one first, and the old one dies when the new one is used. */
  how: z.enum(['now', 'rotate']).default('now'),
  key: givenKey,
})
export const newKeyOutput = z.object({
  /** Shown this once. */
  key: z.string(),
  url: z.string(),
  rotation: rotationView.nullable(),
})
export const forgetNextKey = contract({
  method: 'DELETE',
  path: '/api/depots/:depot/chargers/:charger/key',
  roles: operators,
  summary: 'Gives up a rotation: the next key opens nothing, the old one stays.',
  params: one,
  output: done,
})

/** `force`: also while a session is open, which is ended in the books. */
export const retireInput = z.object({ force: z.boolean() })
export const retireCharger = contract({
  method: 'POST',
  path: '/api/depots/:depot/chargers/:charger/retire',
  roles: operators,
  summary: 'Takes a charger out of service: its key is destroyed, its ports leave the plan, its books stay.',
  params: one,
  input: retireInput,
  output: done,
})

export const restoreInput = z.object({ key: givenKey })
export const restoreCharger = contract({
  method: 'POST',
  path: '/api/depots/:depot/chargers/:charger/restore',
  roles: operators,
  summary: 'Takes a retired charger into service again, with a new key.',
  params: one,
  input: restoreInput,
  output: newKeyOutput,
})

export const setNewChargers = contract({
  method: 'PUT',
  path: '/api/depots/:depot/new-chargers',
  roles: operators,
  summary: 'Whether chargers that are added are accepted at once, or wait for approval when they connect.',
  params: depot,
  input: z.object({ registration: z.enum(['accepted', 'pending']) }),
  output: done,
})

export const importedCharger = z.object({
  /** As in the file, the heading is 1. */
  line: z.number().int(),
  outcome: z.enum(['created', 'exists', 'problem']),
  identity: z.string(),
  /** The column that is wrong. */
  column: z.string().nullable(),
  text: z.string(),
  /** Its key, this once; null in a dry run and for what was not created. */
  key: z.string().nullable(),
})
export type ImportedCharger = z.infer<typeof importedCharger>

export const importChargers = contract({
  method: 'POST',
  path: '/api/depots/:depot/chargers/import',
  roles: operators,
  summary: 'Chargers from CSV text: each line is created, exists already or is refused by itself; a dry run changes nothing.',
  params: depot,
  input: z.object({
    csv: z.string().min(1, 'Paste the lines, or choose a file.').max(240_000, 'At most 240 kB at once.'),
    dryRun: z.boolean(),
    registration: z.enum(['accepted', 'pending']).optional(),
  }),
  output: z.object({
    dryRun: z.boolean(),
    created: z.number().int(),
    exists: z.number().int(),
    problems: z.number().int(),
    lines: z.array(importedCharger),
    /** Why the site cannot be kept under its caps with them; null: it can. */
    refusal: z.string().nullable(),
    /** The address without the identity. */
    url: z.string(),
  }),
})
export type ImportedChargers = z.infer<(typeof importChargers)['output']>
