import { z } from 'zod'
import { operators, readers } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { done, moment, page } from './words.ts'

export const dutyRow = z.object({
  id: z.string(),
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
})
export type DutyRow = z.infer<typeof dutyRow>

const depot = z.object({ depot: z.string() })
const one = z.object({ depot: z.string(), duty: z.string() })

export const getDuties = contract({
  method: 'GET',
  path: '/api/depots/:depot/duties',
  roles: readers,
  summary: 'Duties under way and to come, the first departure first.',
  params: depot,
  input: z.object({ vehicle: z.string().optional(), cursor: z.string().optional() }),
  output: page(dutyRow),
})

/** Depot time such as `2026-11-24 06:30`, or ISO 8601 with offset. */
const when = z.string().trim().min(1, 'When?').max(40)

export const dutyInput = z.object({
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
  summary: 'Changes a duty; of one that has left only the return.',
  params: one,
  input: dutyInput,
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
  summary: 'Duties from CSV text with the columns vehicle, departs, returns, km: each line is taken or refused by itself.',
  params: depot,
  input: z.object({ csv: z.string().min(1, 'Paste the lines, or choose a file.').max(200_000, 'At most 200 kB at once.') }),
  output: z.object({ added: z.number().int(), same: z.number().int(), refused: z.number().int(), lines: z.array(importedLine) }),
})
export type Imported = z.infer<(typeof importDuties)['output']>
