import { z } from 'zod'
import { operators } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { done } from './words.ts'

const assumptions = z.object({
  /** What a vehicle that is not ours is given, and how long it is taken to stay. */
  guestKwh: z.number('A number of kWh.').min(0, 'Not below 0.').max(1000, 'At most 1000 kWh.'),
  guestHours: z.number('A number of hours.').min(0.5, 'At least half an hour.').max(72, 'At most 72 hours.'),
  /** What is taken to be in a battery that never told its charge. */
  socPct: z.number('A number of %.').int('Whole %.').min(0, 'Not below 0 %.').max(100, 'At most 100 %.'),
  /** When a vehicle of ours without a duty is taken to leave, from now on. */
  noDutyHours: z.number('A number of hours.').min(1, 'At least an hour.').max(72, 'At most 72 hours.'),
})
const depot = z.object({ depot: z.string() })

export const getAssumptions = contract({
  method: 'GET',
  path: '/api/depots/:depot/assumptions',
  roles: operators,
  summary: 'What the plan assumes of vehicles where nobody told it.',
  params: depot,
  output: assumptions,
})

export const setAssumptions = contract({
  method: 'PUT',
  path: '/api/depots/:depot/assumptions',
  roles: operators,
  summary:
    'What the plan assumes of a vehicle that is not of the fleet, of a battery that never told its charge, and of one without a duty.',
  params: depot,
  input: assumptions,
  output: done,
})
export type AssumptionsView = z.infer<typeof assumptions>
