import { z } from 'zod'
import { admins, everyone, operators, roles, scopes } from '#lib/auth/role.ts'
import { isCurrency } from '#lib/format/money.ts'
import { isZone } from '#lib/time/zone.ts'
import { contract } from './contract.ts'
import { depotClock, depotRef, done, moment } from './words.ts'

/** What the shell needs on every page. */
export const meView = z.object({
  user: z.object({ id: z.string(), name: z.string(), email: z.string(), role: z.enum(roles) }),
  depots: z.array(depotRef),
  clock: depotClock,
  alerts: z.number().int(),
})
export type MeView = z.infer<typeof meView>

export const getMe = contract({
  method: 'GET',
  path: '/api/me',
  roles: everyone,
  summary: 'Who is signed in, and the depots one may see.',
  input: z.object({ depot: z.string().optional() }),
  output: meView,
})

const depot = z.object({ depot: z.string() })

export const stopAll = contract({
  method: 'POST',
  path: '/api/depots/:depot/stop-all',
  roles: operators,
  summary: 'Stops every session and holds every port at zero until it is lifted. Survives restarts.',
  params: depot,
  input: z.object({ stop: z.boolean() }),
  output: z.object({ stoppedAt: moment.nullable(), reached: z.number().int(), unreached: z.array(z.string()) }),
})

const policies = z.enum(['readyFirst', 'cheapest', 'greenest'])

export const setPolicy = contract({
  method: 'PUT',
  path: '/api/depots/:depot/policy',
  roles: operators,
  summary:
    'What the plan prefers among plans that make every departure. The greenest needs to know how clean the energy is (PUT …/carbon). With `ifStill` only while it is that one (409 otherwise).',
  params: depot,
  input: z.object({ policy: policies, ifStill: policies.optional() }),
  output: done,
})

export const apiKeyRow = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(z.enum(scopes)),
  /** Null: every depot. */
  depotId: z.string().nullable(),
  createdAt: moment,
  lastUsedAt: moment.nullable(),
  revokedAt: moment.nullable(),
})

export const getApiKeys = contract({
  method: 'GET',
  path: '/api/api-keys',
  roles: admins,
  summary: 'API keys, without their secret.',
  output: z.object({ keys: z.array(apiKeyRow) }),
})
export const addApiKey = contract({
  method: 'POST',
  path: '/api/api-keys',
  roles: admins,
  summary: 'A new API key, shown once.',
  input: z.object({ name: z.string().min(1).max(60), scopes: z.array(z.enum(scopes)).min(1), depotId: z.string().optional() }),
  output: z.object({ key: apiKeyRow, secret: z.string() }),
})
export const revokeApiKey = contract({
  method: 'DELETE',
  path: '/api/api-keys/:id',
  roles: admins,
  summary: 'Revokes an API key at once.',
  params: z.object({ id: z.string() }),
  output: done,
})

/** First run of an installation: open only while there is no administrator, and only with the code from the log. */
export const firstRun = contract({
  method: 'POST',
  path: '/api/first-run',
  open: true,
  summary: 'Creates the administrator, once.',
  input: z.object({
    code: z.string().min(1),
    name: z.string().min(1).max(80),
    email: z.email(),
    password: z.string().min(12, 'At least 12 characters.'),
  }),
  output: done,
})

export const addDepot = contract({
  method: 'POST',
  path: '/api/depots',
  roles: admins,
  summary: 'A depot with its service connection and cap.',
  input: z.object({
    name: z.string().min(1).max(80),
    zone: z.string().refine(isZone, 'Such as Europe/Berlin or America/Chicago.'),
    currency: z.string().refine(isCurrency, 'Three letters, such as EUR or USD.'),
    capKw: z.number().positive().max(50_000),
    volts: z.number().int().min(100).max(480).default(240),
    wiring: z.enum(['L-N', 'L-L']).default('L-L'),
    phases: z.union([z.literal(1), z.literal(3)]).default(3),
  }),
  output: z.object({ id: z.string() }),
})

export const journalRow = z.object({
  id: z.string(),
  at: moment,
  actor: z.string(),
  kind: z.string(),
  subject: z.string().nullable(),
  data: z.unknown(),
})
export const getJournal = contract({
  method: 'GET',
  path: '/api/depots/:depot/journal',
  roles: operators,
  summary: 'What happened, newest first: commands, settings, safety, and what needs a review.',
  params: depot,
  input: z.object({ kind: z.string().optional(), subject: z.string().optional(), cursor: z.string().optional() }),
  output: z.object({ items: z.array(journalRow), next: z.string().nullable() }),
})
