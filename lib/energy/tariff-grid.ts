import { type Tariff, type TariffWindow, windowsOfDay } from './tariff.ts'
import { yearDays } from './tariff-check.ts'

export type TariffSeason = { name: string; from: string; until: string; grid: number[][] }
export type TariffLevel = { priceMicroPerKwh: number; name: string }

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/**
 * A week of each season as `grid[weekday 0 Monday … 6][hour]` → index into `levels`, cheapest first. A cell shows the price with which
 * its hour begins. Seasons are the stretches of the year with the same windows; one that spans new year is one.
 */
export function gridOf(tariff: Pick<Tariff, 'windows'>): { seasons: TariffSeason[]; levels: TariffLevel[] } {
  const byPrice = new Map<number, string>()
  for (const window of tariff.windows) if (!byPrice.has(window.priceMicroPerKwh)) byPrice.set(window.priceMicroPerKwh, window.name)
  const levels = [...byPrice].sort(([a], [b]) => a - b).map(([priceMicroPerKwh, name]) => ({ priceMicroPerKwh, name }))
  const levelAt = (windows: TariffWindow[], minute: number): number => {
    const window = windows.find(({ startMinute, endMinute }) => startMinute <= minute && minute < endMinute)
    return window ? levels.findIndex(({ priceMicroPerKwh }) => priceMicroPerKwh === window.priceMicroPerKwh) : 0
  }
  const seasons = stretches(tariff.windows).map(({ from, until }) => ({
    name: seasonName(from, until),
    from,
    until,
    grid: [1, 2, 3, 4, 5, 6, 7].map((weekday) => {
      const windows = windowsOfDay(tariff.windows, from, weekday)
      return Array.from({ length: 24 }, (_, hour) => levelAt(windows, hour * 60))
    }),
  }))
  return { seasons, levels }
}

function stretches(windows: TariffWindow[]): { from: string; until: string }[] {
  const setOf = (day: string) =>
    [1, 2, 3, 4, 5, 6, 7]
      .map((d) =>
        windowsOfDay(windows, day, d)
          .map((w) => windows.indexOf(w))
          .join(),
      )
      .join('|')
  const out: { from: string; until: string; key: string }[] = []
  for (const day of yearDays) {
    const key = setOf(day)
    const last = out.at(-1)
    if (last?.key === key) last.until = day
    else out.push({ from: day, until: day, key })
  }
  // the stretch of December goes on in January
  if (out.length > 1 && out[0]!.key === out.at(-1)!.key) out.unshift({ ...out.pop()!, until: out.shift()!.until })
  return out.map(({ from, until }) => ({ from, until }))
}

function seasonName(from: string, until: string): string {
  if (from === '01-01' && until === '12-31') return 'All year'
  const [a, b] = [from, until].map((day) => MONTHS[Number(day.slice(0, 2)) - 1])
  return a === b ? `${a}` : `${a}–${b}`
}
