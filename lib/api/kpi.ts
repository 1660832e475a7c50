import { z } from 'zod'
import { readers } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { mark, moment, page } from './words.ts'

export const kpiIds = ['availability', 'throughput', 'latency'] as const
export const kpiId = z.enum(kpiIds)

export const kpiTile = z.object({
  id: kpiId,
  name: z.string(),
  /** Null: undefined, shown as `–`. */
  value: z.number().nullable(),
  /** As printed: `98.4`, `> 30`. */
  text: z.string(),
  unit: z.string(),
  target: z.string(),
  status: z.enum(['met', 'notMet', 'notEnoughData', 'noTarget']),
  statusWord: z.string(),
  mark,
  n: z.number().int(),
  interval: z.tuple([z.number(), z.number()]).nullable(),
  /** One line each: `n 1,212 · 97.5–99.0`, `2 excluded`, `0 cap breaches`. */
  notes: z.array(z.string()),
  provisional: z.string().nullable(),
  trend: z.array(z.object({ at: moment, value: z.number().nullable() })),
  freshAt: moment.nullable(),
  formula: z.string(),
})
export type KpiTile = z.infer<typeof kpiTile>

const window = z.enum(['24h', '7d', '30d', 'month'])
const params = z.object({ depot: z.string() })

export const getKpis = contract({
  method: 'GET',
  path: '/api/depots/:depot/kpis',
  roles: readers,
  summary: 'The three golden rules over a window.',
  params,
  input: z.object({ window: window.default('30d') }),
  output: z.object({ window, from: moment, until: moment, tiles: z.array(kpiTile) }),
})

export const kpiRecord = z.object({
  id: z.string(),
  at: moment,
  /** Port, vehicle or command: what it is about. */
  subject: z.string(),
  outcome: z.string(),
  counts: z.enum(['success', 'failure', 'excluded', 'open']),
  /** Seconds or kWh, by KPI. */
  value: z.number().nullable(),
  detail: z.string(),
  stamps: z.record(z.string(), moment.nullable()),
  href: z.string().nullable(),
})

export const getKpiRecords = contract({
  method: 'GET',
  path: '/api/depots/:depot/kpis/:kpi/records',
  roles: readers,
  summary: 'The single records behind a key figure: numerator + failures + exclusions = all.',
  params: z.object({ depot: z.string(), kpi: kpiId }),
  input: z.object({
    window: window.default('30d'),
    counts: z.enum(['success', 'failure', 'excluded', 'open']).optional(),
    cursor: z.string().optional(),
  }),
  output: page(kpiRecord),
})
