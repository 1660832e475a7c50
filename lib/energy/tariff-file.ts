import { z } from 'zod'
import type { TariffWindow } from './tariff.ts'
import { tariffProblems } from './tariff-check.ts'

// Two forms of a tariff file: our own, and the schedule form of ACN tariffs (name, schedule of times and prices).

export type TariffFile = { currency: string | null; source: string; windows: TariffWindow[] }
export type ParsedTariff = { kind: 'ok'; file: TariffFile } | { kind: 'wrong'; problems: string[] }

const monthDay = z
  .string()
  .regex(/^\d{1,2}-\d{1,2}$/, 'must be month-day, such as 06-01')
  .transform((text) =>
    text
      .split('-')
      .map((part) => part.padStart(2, '0'))
      .join('-'),
  )
const clock = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time of day, such as 08:00, at most 24:00')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)))
const price = z.number({ error: 'must be a number' }).min(-100).max(100)
const demand = z.number({ error: 'must be a number' }).min(0).max(10_000)
const micro = (value: number): number => Math.round(value * 1_000_000)

const ownForm = z.object({
  format: z.literal('yardwatt-tariff-1'),
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO currency code, such as EUR'),
  source: z.string().max(500).default('file'),
  windows: z
    .array(
      z.object({
        name: z.string().min(1).max(80),
        season: z.object({ from: monthDay, until: monthDay }).default({ from: '01-01', until: '12-31' }),
        weekdays: z.array(z.number().int().min(1).max(7)).min(1).default([1, 2, 3, 4, 5, 6, 7]),
        from: clock,
        until: clock,
        pricePerKwh: price,
        demandPerKw: demand.default(0),
      }),
    )
    .min(1)
    .max(500),
})

const acnForm = z.object({
  name: z.string(),
  effective: z.string().optional(),
  link: z.string().optional(),
  schedule: z
    .array(
      z.object({
        id: z.string().min(1).max(80),
        effective_start: monthDay,
        effective_end: monthDay,
        dow_mask: z.enum(['WEEKDAYS', 'WEEKENDS', 'ALL']),
        times: z.array(z.number().min(0).lt(24)).min(1),
        tariffs: z.array(price).min(1),
        demand_charge: demand.default(0),
      }),
    )
    .min(1)
    .max(100),
})

/**
 * Reads a tariff file (parsed JSON). Prices in the file are in currency units per kWh and per kW. Never throws: a file that cannot be
 * used comes back with what is wrong in it, at most 20 lines.
 */
export function parseTariffFile(file: unknown): ParsedTariff {
  const read = isAcn(file) ? readAcn(file) : readOwn(file)
  if (read.kind === 'wrong') return read
  const problems = tariffProblems(read.file.windows)
  return problems.length > 0 ? { kind: 'wrong', problems: problems.slice(0, 20) } : read
}

const isAcn = (file: unknown): boolean => typeof file === 'object' && file !== null && 'schedule' in file

function readOwn(file: unknown): ParsedTariff {
  const parsed = ownForm.safeParse(file)
  if (!parsed.success) return { kind: 'wrong', problems: inWords(parsed.error) }
  const { currency, source, windows } = parsed.data
  return {
    kind: 'ok',
    file: {
      currency,
      source,
      windows: windows.map((window) => ({
        name: window.name,
        seasonFrom: window.season.from,
        seasonUntil: window.season.until,
        weekdays: [...new Set(window.weekdays)].sort(),
        startMinute: window.from,
        endMinute: window.until,
        priceMicroPerKwh: micro(window.pricePerKwh),
        demandMicroPerKw: micro(window.demandPerKw),
      })),
    },
  }
}

const MASKS = { WEEKDAYS: [1, 2, 3, 4, 5], WEEKENDS: [6, 7], ALL: [1, 2, 3, 4, 5, 6, 7] }

function readAcn(file: unknown): ParsedTariff {
  const parsed = acnForm.safeParse(file)
  if (!parsed.success) return { kind: 'wrong', problems: inWords(parsed.error) }
  const problems: string[] = []
  const windows = parsed.data.schedule.flatMap((part) => {
    const { id, times, tariffs } = part
    if (times.length !== tariffs.length) problems.push(`Schedule "${id}": ${times.length} times but ${tariffs.length} prices.`)
    if (times[0] !== 0) problems.push(`Schedule "${id}": its first time must be 0 (midnight), not ${times[0]}.`)
    if (times.some((time, i) => i > 0 && time <= times[i - 1]!)) problems.push(`Schedule "${id}": its times must rise.`)
    return times.map((time, i) => ({
      name: `${id.replace(/[-_]+/g, ' ')}${levelWord(tariffs, tariffs[i]!)}`,
      seasonFrom: part.effective_start,
      seasonUntil: part.effective_end,
      weekdays: MASKS[part.dow_mask],
      startMinute: Math.round(time * 60),
      endMinute: Math.round((times[i + 1] ?? 24) * 60),
      priceMicroPerKwh: micro(tariffs[i] ?? 0),
      demandMicroPerKw: micro(part.demand_charge),
    }))
  })
  if (problems.length > 0) return { kind: 'wrong', problems }
  const source = [parsed.data.name, parsed.data.link].filter(Boolean).join(', ')
  return { kind: 'ok', file: { currency: null, source, windows } }
}

function levelWord(prices: number[], price: number): string {
  const levels = [...new Set(prices)].sort((a, b) => a - b)
  if (levels.length < 2) return ''
  const rank = levels.indexOf(price)
  return rank === 0 ? ', off-peak' : rank === levels.length - 1 ? ', on-peak' : ', mid-peak'
}

const inWords = (error: z.ZodError): string[] =>
  error.issues.slice(0, 20).map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
