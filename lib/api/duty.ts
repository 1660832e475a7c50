import { z } from 'zod'
import { operators, readers } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { done, mark, moment, page } from './words.ts'

/** Can the vehicle drive it? Energies in Wh at the battery, distances in m. */
export const dutyFeasibility = z.object({
  verdict: z.enum(['ready', 'tight', 'shortByPlan', 'short', 'unknown']),
  mark,
  word: z.string(),
  /** Reserve included. */
  neededWh: z.number().int(),
  neededPct: z.number(),
  /** What it stands with before the duty, or comes back with from the one before. */
  hasPct: z.number(),
  /** Full power of its bay from when it stands there; null: no bay, or not by then. */
  readyAt: moment.nullable(),
  /** By the plan in force; null where that does not reach. */
  readyByPlanAt: moment.nullable(),
  /** Time left over by the plan, else with the port alone; under 0: so much too late. */
  marginMs: z.number().int().nullable(),
  /** The same as distance beyond the duty and its reserve. */
  marginM: z.number().int().nullable(),
  /** `ready, margin ≈ 14 min (≈ 9 km)`; null without a bay. */
  alone: z.string().nullable(),
  /** The same by the plan in force; null where that does not reach. */
  byPlan: z.string().nullable(),
  /** How it is reckoned, line by line. */
  reckoning: z.array(z.object({ name: z.string(), text: z.string() })),
})
export type DutyFeasibility = z.infer<typeof dutyFeasibility>

export const dutyRow = z.object({
  id: z.string(),
  /** Its block or tour; null: nobody gave it a name. */
  name: z.string().nullable(),
  vehicleId: z.string(),
  vehicleName: z.string(),
  departsAt: moment,
  returnsAt: moment,
  distanceM: z.number().int(),
  energyWh: z.number().int(),
  /** screen | import | dispatch | … */
  source: z.string(),
  /** It has left: only its return may be changed. */
  left: z.boolean(),
  /** Null once it has left. */
  feasibility: dutyFeasibility.nullable(),
})
export type DutyRow = z.infer<typeof dutyRow>

const depot = z.object({ depot: z.string() })
const one = z.object({ depot: z.string(), duty: z.string() })

export const getDuties = contract({
  method: 'GET',
  path: '/api/depots/:depot/duties',
  roles: readers,
  summary: 'Duties under way and to come with whether the vehicle can drive them: those in danger first, then by departure.',
  params: depot,
  input: z.object({ vehicle: z.string().optional(), cursor: z.string().optional() }),
  output: page(dutyRow),
})

/** Depot time such as `2026-11-24 06:30`, or ISO 8601 with offset. */
const when = z.string().trim().min(1, 'When?').max(40)

export const dutyInput = z.object({
  /** Left out: it keeps the name that it has. */
  name: z
    .string()
    .trim()
    .max(60, 'At most 60 characters.')
    .transform((name) => name || null)
    .nullable()
    .optional(),
  departs: when,
  returns: when,
  km: z.number('A number of km.').min(0, 'Not less than 0 km.').max(3000, 'At most 3000 km.'),
})
export type DutyInput = z.output<typeof dutyInput>

export const addDuty = contract({
  method: 'POST',
  path: '/api/depots/:depot/vehicles/:vehicle/duties',
  roles: operators,
  summary: 'Gives a vehicle a duty. Refused when it overlaps another one of the same vehicle.',
  params: z.object({ depot: z.string(), vehicle: z.string() }),
  input: dutyInput,
  output: z.object({ id: z.string() }),
})

export const changeDuty = contract({
  method: 'PUT',
  path: '/api/depots/:depot/duties/:duty',
  roles: operators,
  summary: 'Changes a duty; of one that has left only the return. With `ifStill` only while it is as given there (409 otherwise).',
  params: one,
  input: dutyInput.extend({ ifStill: dutyInput.optional() }),
  output: done,
})

export const removeDuty = contract({
  method: 'DELETE',
  path: '/api/depots/:depot/duties/:duty',
  roles: operators,
  summary: 'Removes a duty that has not left.',
  params: one,
  output: done,
})

export const importedLine = z.object({
  /** As in the file, the heading is 1. */
  line: z.number().int(),
  outcome: z.enum(['added', 'same', 'refused']),
  text: z.string(),
})
export type ImportedLine = z.infer<typeof importedLine>

export const importDuties = contract({
  method: 'POST',
  path: '/api/depots/:depot/duties/import',
  roles: operators,
  summary:
    'Duties from CSV text with the columns vehicle, departs, returns, km, and name if there is one: each line is taken or refused by itself.',
  params: depot,
  input: z.object({ csv: z.string().min(1, 'Paste the lines, or choose a file.').max(200_000, 'At most 200 kB at once.') }),
  output: z.object({ added: z.number().int(), same: z.number().int(), refused: z.number().int(), lines: z.array(importedLine) }),
})
export type Imported = z.infer<(typeof importDuties)['output']>
