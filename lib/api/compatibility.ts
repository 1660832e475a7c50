import { z } from 'zod'
import { operators } from '#lib/auth/role.ts'
import { grades, lineIds, lineResults } from '#lib/ocpp/compatibility16.ts'
import { contract } from './contract.ts'
import { mark, moment } from './words.ts'

// Compatibility checks: how well a model follows what the depot tells it, line by line, with evidence (R15).

export const checkLine = z.object({
  id: z.enum(lineIds),
  title: z.string(),
  result: z.enum(lineResults),
  mark,
  word: z.string(),
  /** One sentence: what was seen, or why it was not tried. */
  says: z.string(),
  at: moment,
  /** Rows of the raw log. */
  evidence: z.array(z.object({ id: z.string(), at: moment, action: z.string(), direction: z.enum(['in', 'out']), messageId: z.string() })),
})
export type CheckLineView = z.infer<typeof checkLine>

export const gradeView = z.object({ grade: z.enum(grades), word: z.string(), mark, says: z.string() })

export const checkView = z.object({
  id: z.string(),
  /** running | done | cancelled | broken */
  state: z.enum(['running', 'done', 'cancelled', 'broken']),
  grade: gradeView.nullable(),
  vendor: z.string().nullable(),
  model: z.string().nullable(),
  firmware: z.string().nullable(),
  /** What is being tried now. */
  now: z.string().nullable(),
  detail: z.string().nullable(),
  createdBy: z.string(),
  startedAt: moment,
  endedAt: moment.nullable(),
  lines: z.array(checkLine),
  /** What it found out about the model's ways, in words. */
  quirks: z.array(z.string()),
})
export type CheckView = z.infer<typeof checkView>

const one = z.object({ depot: z.string(), charger: z.string() })

export const getCompatibilityChecks = contract({
  method: 'GET',
  path: '/api/depots/:depot/chargers/:charger/compatibility-checks',
  roles: operators,
  summary: 'Compatibility checks of a charger, newest first, with their lines; what is known of its model.',
  params: one,
  output: z.object({
    checks: z.array(checkView),
    model: z
      .object({ name: z.string(), grade: gradeView.nullable(), checkedAt: moment.nullable(), quirks: z.array(z.string()) })
      .nullable(),
    /** Why none can be started now; null: it can. */
    whyNot: z.string().nullable(),
  }),
})

export const startCompatibilityCheck = contract({
  method: 'POST',
  path: '/api/depots/:depot/chargers/:charger/compatibility-checks',
  roles: operators,
  summary: 'Starts a compatibility check. It sends nothing above what the envelope allows, and puts limits back at its end.',
  params: one,
  input: z.object({
    /** A soft reset may be part of it. */
    mayRestart: z.boolean().default(false),
    /** The limit of a vehicle that charges may be lowered for a minute. */
    mayUseVehicle: z.boolean().default(false),
  }),
  output: z.object({ id: z.string() }),
})

export const cancelCompatibilityCheck = contract({
  method: 'DELETE',
  path: '/api/depots/:depot/chargers/:charger/compatibility-checks/:check',
  roles: operators,
  summary: 'Ends a check that runs; what it found so far is kept, the model’s data stay as they were.',
  params: one.extend({ check: z.string() }),
  output: z.object({ ok: z.literal(true) }),
})

export const modelRow = z.object({
  vendor: z.string(),
  model: z.string(),
  chargers: z.number().int(),
  firmwares: z.array(z.string()),
  grade: gradeView.nullable(),
  checkedAt: moment.nullable(),
  /** Firmware of the charger that was checked. */
  checkedFirmware: z.string().nullable(),
  checkedCharger: z.object({ id: z.string(), name: z.string() }).nullable(),
  quirks: z.array(z.string()),
})
export type ModelRow = z.infer<typeof modelRow>

export const getChargerModels = contract({
  method: 'GET',
  path: '/api/depots/:depot/charger-models',
  roles: operators,
  summary: 'Models of chargers in the depot: how many, their grade, and what is known of their ways.',
  params: z.object({ depot: z.string() }),
  output: z.object({ models: z.array(modelRow) }),
})
