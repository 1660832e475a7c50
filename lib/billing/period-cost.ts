import type { Interval } from '#lib/time/instant.ts'
import { type CostLine, NO_PRICE } from './cost.ts'

export type PeriodCost = { amountMinor: number; energyWh: number; unpricedWh: number; estimated: boolean }

/** What lines cost inside a period. A line that the period cuts counts by its share of time, and makes the sum an estimate. */
export function costWithin(lines: CostLine[], { from, until }: Interval): PeriodCost {
  let amount = 0
  let energy = 0
  let unpriced = 0
  let estimated = false
  for (const line of lines) {
    const shared = Math.min(line.until, until) - Math.max(line.from, from)
    if (shared <= 0) continue
    const share = shared / (line.until - line.from)
    amount += line.amountMinor * share
    energy += line.energyWh * share
    if (line.window === NO_PRICE) unpriced += line.energyWh * share
    estimated ||= line.estimated || share < 1
  }
  return { amountMinor: Math.round(amount), energyWh: Math.round(energy), unpricedWh: Math.round(unpriced), estimated }
}
