import { z } from 'zod'
import { readers } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { moment, money, page } from './words.ts'

/** `[from, until)` as depot-local days; the screen keeps them in its URL, the export takes the same. */
export const sessionFilter = z.object({
  from: z.iso.date().optional(),
  until: z.iso.date().optional(),
  vehicle: z.string().optional(),
  charger: z.string().optional(),
  tag: z.string().optional(),
  state: z.enum(['open', 'closed', 'review']).optional(),
})
export type SessionFilter = z.infer<typeof sessionFilter>

export const costLine = z.object({
  window: z.string(),
  from: moment,
  until: moment,
  energyWh: z.number().int(),
  priceMicroPerKwh: z.number().int(),
  amount: money,
  estimated: z.boolean(),
})

export const sessionRow = z.object({
  id: z.number().int(),
  startedAt: moment,
  stoppedAt: moment.nullable(),
  chargerName: z.string(),
  chargerId: z.string(),
  bay: z.string(),
  vehicleName: z.string().nullable(),
  driverName: z.string().nullable(),
  idTag: z.string(),
  costCentre: z.string().nullable(),
  energyWh: z.number().int(),
  /** Null: no tariff was in force when it began. */
  cost: money.nullable(),
  estimated: z.boolean(),
  stopReason: z.string().nullable(),
  flags: z.array(z.string()),
})
export type SessionRow = z.infer<typeof sessionRow>

const params = z.object({ depot: z.string() })

export const getSessions = contract({
  method: 'GET',
  path: '/api/depots/:depot/sessions',
  roles: readers,
  summary: 'Sessions by filter, newest first, with totals of the whole filter.',
  params,
  input: sessionFilter.extend({ cursor: z.string().optional(), sort: z.enum(['started', 'energy', 'cost']).default('started') }),
  output: page(sessionRow).extend({
    sumEnergyWh: z.number().int(),
    sumCost: money,
    unpriced: z.object({ sessions: z.number().int(), energyWh: z.number().int() }),
  }),
})

export const getSession = contract({
  method: 'GET',
  path: '/api/depots/:depot/sessions/:session',
  roles: readers,
  summary: 'One session: power and charge over time, cost by tariff window.',
  params: z.object({ depot: z.string(), session: z.coerce.number().int() }),
  output: sessionRow.extend({
    meterStartWh: z.number().int(),
    meterStopWh: z.number().int().nullable(),
    lines: z.array(costLine),
    readings: z.array(
      z.object({ at: moment, powerW: z.number().int().nullable(), energyWh: z.number().int().nullable(), socPct: z.number().nullable() }),
    ),
  }),
})

const choice = z.object({ id: z.string(), name: z.string() })

export const getSessionChoices = contract({
  method: 'GET',
  path: '/api/depots/:depot/session-choices',
  roles: readers,
  summary: 'The vehicles and chargers that sessions can be filtered by.',
  params,
  output: z.object({ vehicles: z.array(choice), chargers: z.array(choice) }),
})

/** `sessions.csv` streams from this path with the same filter as its query; not JSON, so it has no contract. */
export const exportPath = (depot: string): string => `/api/depots/${encodeURIComponent(depot)}/sessions.csv`
