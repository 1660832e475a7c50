import { z } from 'zod'
import { operators } from '#lib/auth/role.ts'
import { offlinePolicies } from '#lib/ocpp/offline-policy.ts'
import { contract } from './contract.ts'
import { done, moment } from './words.ts'

const depot = z.object({ depot: z.string() })

/** A configuration key that is wanted of a charger, beside what the charger has. */
export const settingRow = z.object({
  key: z.string(),
  wanted: z.string(),
  /** Null: the charger has not told this key. */
  has: z.string().nullable(),
  /** Who wants it; a group goes before a model, a model before what every charger gets. */
  from: z.enum(['group', 'model', 'offlinePolicy', 'everyCharger']),
  state: z.enum(['same', 'differs', 'readOnly', 'unknown', 'refused', 'needsReboot', 'notTold']),
  /** One sentence. */
  words: z.string(),
})
export type SettingRow = z.infer<typeof settingRow>

export const desiredRow = z.object({
  id: z.string(),
  kind: z.enum(['model', 'group']),
  name: z.string(),
  key: z.string(),
  value: z.string(),
  /** A person's name, or in words who else it was. */
  changedBy: z.string(),
  changedAt: moment,
  /** In service and of this model or group now. */
  chargers: z.number().int(),
})
export type DesiredRow = z.infer<typeof desiredRow>

export const ruledCharger = z.object({
  id: z.string(),
  name: z.string(),
  online: z.boolean(),
  model: z.string().nullable(),
  group: z.string().nullable(),
  /** When its configuration was last read. */
  readAt: moment.nullable(),
  /** Settings that are not as wanted; those that a repair can set come first. */
  drift: z.array(settingRow),
  list: z.object({
    /** `synced`, `waits`, `failed`, `unsupported`, `off` */
    state: z.enum(['synced', 'waits', 'failed', 'unsupported', 'off']),
    version: z.number().int().nullable(),
    at: moment.nullable(),
    /** Tokens that it has room for of those that the depot has. */
    tokens: z.number().int(),
    words: z.string(),
  }),
})
export type RuledCharger = z.infer<typeof ruledCharger>

export const getChargerRules = contract({
  method: 'GET',
  path: '/api/depots/:depot/charger-rules',
  roles: operators,
  summary: 'Who may charge offline, the desired configuration, and which chargers differ from it.',
  params: depot,
  output: z.object({
    offlinePolicy: z.enum(offlinePolicies),
    repairAutomatically: z.boolean(),
    /** The version that every local list should be at, and how many tokens it holds. */
    listVersion: z.number().int(),
    tokens: z.number().int(),
    desired: z.array(desiredRow),
    models: z.array(z.string()),
    groups: z.array(z.string()),
    chargers: z.array(ruledCharger),
  }),
})
export type ChargerRules = z.infer<(typeof getChargerRules)['output']>

export const setOfflinePolicy = contract({
  method: 'PUT',
  path: '/api/depots/:depot/offline-policy',
  roles: operators,
  summary: 'Who may charge while a charger has no connection; every charger is told.',
  params: depot,
  input: z.object({ policy: z.enum(offlinePolicies) }),
  output: done,
})

export const setRepair = contract({
  method: 'PUT',
  path: '/api/depots/:depot/repair-automatically',
  roles: operators,
  summary: 'Whether chargers that differ from their desired configuration are set right by themselves.',
  params: depot,
  input: z.object({ on: z.boolean() }),
  output: done,
})

export const desiredInput = z.object({
  kind: z.enum(['model', 'group']),
  name: z.string().trim().min(1, 'Which model or group?').max(101),
  key: z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]{1,50}$/, 'A key of the charger: at most 50 characters without blanks.'),
  value: z.string().trim().max(500, 'At most 500 characters.'),
})
export type DesiredInput = z.output<typeof desiredInput>

export const setDesired = contract({
  method: 'PUT',
  path: '/api/depots/:depot/desired-settings',
  roles: operators,
  summary: 'A configuration key as it should be, for a model or a group of chargers.',
  params: depot,
  input: desiredInput,
  output: z.object({
    id: z.string(),
    /** What is known instead where no charger is of this model or group, in a sentence; null: some are. */
    hint: z.string().nullable(),
  }),
})

export const removeDesired = contract({
  method: 'DELETE',
  path: '/api/depots/:depot/desired-settings/:setting',
  roles: operators,
  summary: 'Nothing is wanted of this key any more; chargers keep what they have.',
  params: z.object({ depot: z.string(), setting: z.string() }),
  output: done,
})

export const repaired = z.object({
  chargerId: z.string(),
  name: z.string(),
  outcome: z.enum(['done', 'offline', 'refused', 'timeout']),
  /** One sentence. */
  text: z.string(),
})
export type Repaired = z.infer<typeof repaired>

export const repairChargers = contract({
  method: 'POST',
  path: '/api/depots/:depot/repair',
  roles: operators,
  summary: 'Reads the configuration of one charger or of all that differ, and sets what is not as wanted.',
  params: depot,
  input: z.object({ chargerId: z.string().optional() }),
  output: z.object({ chargers: z.array(repaired) }),
})

export const getSettings = contract({
  method: 'GET',
  path: '/api/depots/:depot/chargers/:charger/settings',
  roles: operators,
  summary: 'What is wanted of a charger’s configuration beside what it has.',
  params: z.object({ depot: z.string(), charger: z.string() }),
  output: z.object({ readAt: moment.nullable(), settings: z.array(settingRow), list: ruledCharger.shape.list }),
})
