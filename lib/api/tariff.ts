import { z } from 'zod'
import { operators, readers } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { moment } from './words.ts'

export const tariffWindow = z.object({
  name: z.string(),
  seasonFrom: z.string(),
  seasonUntil: z.string(),
  weekdays: z.array(z.number().int().min(1).max(7)),
  startMinute: z.number().int(),
  endMinute: z.number().int(),
  priceMicroPerKwh: z.number().int(),
  demandMicroPerKw: z.number().int(),
})

export const tariffView = z.object({
  id: z.string(),
  name: z.string(),
  currency: z.string(),
  source: z.string(),
  validFrom: moment,
  validUntil: moment.nullable(),
  zone: z.string(),
  /** The season of today, and each season's grid: `grid[weekday 0–6][hour 0–23]` → index into `levels`, cheapest first. */
  seasons: z.array(
    z.object({
      name: z.string(),
      from: z.string(),
      until: z.string(),
      current: z.boolean(),
      grid: z.array(z.array(z.number().int())),
    }),
  ),
  levels: z.array(z.object({ priceMicroPerKwh: z.number().int(), name: z.string() })),
  demandMicroPerKw: z.number().int(),
  windows: z.array(tariffWindow),
  /** Clock changes inside the next months, said in words. */
  dstNote: z.string().nullable(),
  now: z.object({ microPerKwh: z.number().int(), window: z.string(), until: moment.nullable() }).nullable(),
})
export type TariffView = z.infer<typeof tariffView>

const params = z.object({ depot: z.string() })
export const getTariff = contract({
  method: 'GET',
  path: '/api/depots/:depot/tariff',
  roles: readers,
  summary: 'The tariff in force: windows, a 24 × 7 grid per season, the price now.',
  params,
  output: z.object({ tariff: tariffView.nullable() }),
})

export const putTariff = contract({
  method: 'PUT',
  path: '/api/depots/:depot/tariff',
  roles: operators,
  summary: 'Replaces the tariff from a file: our own form, or the schedule form of ACN tariffs.',
  params,
  input: z.object({ name: z.string().min(1).max(120), file: z.unknown() }),
  output: z.object({ tariff: tariffView.nullable() }),
})
