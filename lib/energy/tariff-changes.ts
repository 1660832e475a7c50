import { centText } from '../format/money.ts'
import { percent } from '../format/number.ts'
import { type TariffWindow, windowsOfDay } from './tariff.ts'
import { yearDays } from './tariff-check.ts'

/**
 * What another set of windows would change, in sentences for the person who is about to save it. Prices are compared quarter hour by
 * quarter hour over a (leap) year's days, each day of the week alike.
 */
export function tariffChanges(before: readonly TariffWindow[] | null, after: readonly TariffWindow[], currency: string): string[] {
  const cent = (micro: number) => centText(micro, currency)
  const range = (windows: readonly TariffWindow[]) => {
    const prices = windows.map(({ priceMicroPerKwh }) => priceMicroPerKwh)
    return { low: Math.min(...prices), high: Math.max(...prices), demand: Math.max(...windows.map((w) => w.demandMicroPerKw)) }
  }
  const next = range(after)
  if (!before || before.length === 0)
    return [
      `The first tariff of this depot: from ${cent(next.low)} to ${cent(next.high)} per kWh.`,
      ...demandWords(null, next.demand, currency),
    ]
  const past = range(before)
  const share = shareChanged(before, after)
  if (share === 0 && past.demand === next.demand) return ['No price changes.']
  return [
    share === 0 ? 'No price per kWh changes.' : `${percent(share * 100, share < 0.1 ? 1 : 0)} of the year’s hours get another price.`,
    ...(past.low === next.low ? [] : [`The cheapest hour: ${cent(past.low)} → ${cent(next.low)} per kWh.`]),
    ...(past.high === next.high ? [] : [`The dearest hour: ${cent(past.high)} → ${cent(next.high)} per kWh.`]),
    ...demandWords(past.demand, next.demand, currency),
  ]
}

const demandWords = (before: number | null, after: number, currency: string): string[] => {
  const text = (micro: number) => (micro === 0 ? 'none' : `${(micro / 1_000_000).toFixed(2)} ${currency} per kW`)
  if (before === after || (before === null && after === 0)) return []
  return [before === null ? `Demand charge: ${text(after)}.` : `Demand charge: ${text(before)} → ${text(after)}.`]
}

const QUARTERS = Array.from({ length: 96 }, (_, quarter) => quarter * 15)

function shareChanged(before: readonly TariffWindow[], after: readonly TariffWindow[]): number {
  let changed = 0
  for (const day of yearDays)
    for (let weekday = 1; weekday <= 7; weekday++) {
      const [was, is] = [before, after].map((windows) => {
        const today = windowsOfDay([...windows], day, weekday)
        return QUARTERS.map((minute) => today.find((w) => w.startMinute <= minute && minute < w.endMinute)?.priceMicroPerKwh)
      })
      changed += QUARTERS.filter((_, quarter) => was![quarter] !== is![quarter]).length
    }
  return changed / (yearDays.length * 7 * QUARTERS.length)
}
