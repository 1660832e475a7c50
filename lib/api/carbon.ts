import { z } from 'zod'
import { operators, readers } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { moment } from './words.ts'

const params = z.object({ depot: z.string() })

export const carbonView = z.object({
  /** g CO2 per kWh in each local hour of a usual day; empty: not known. */
  day: z.array(z.number().int()),
  /** Hours from now on as imported, the first first. */
  ahead: z.array(z.object({ from: moment, gPerKwh: z.number().int() })),
  /** At this moment; null: not known. */
  nowGPerKwh: z.number().int().nullable(),
  /** Known for all hours that a plan looks ahead: the plan may prefer the greenest. */
  usable: z.boolean(),
})
export type CarbonView = z.infer<typeof carbonView>

export const getCarbon = contract({
  method: 'GET',
  path: '/api/depots/:depot/carbon',
  roles: readers,
  summary: 'How clean the energy of the grid is: a usual day, and the hours ahead as imported.',
  params,
  output: carbonView,
})

export const putCarbon = contract({
  method: 'PUT',
  path: '/api/depots/:depot/carbon',
  roles: operators,
  summary:
    'How clean the energy is, from CSV text with the columns hour and g_per_kwh: dated hours, or 24 lines from 0 to 23 for a usual day. Hours that are known get the newer value.',
  params,
  input: z.object({ csv: z.string().min(1, 'Paste the lines, or choose a file.').max(500_000, 'At most 500 kB at once.') }),
  output: carbonView,
})
