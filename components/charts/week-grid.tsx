import { centNumber, priceText } from '#lib/format/money.ts'
import { cx } from '../ui/class-names.ts'

export type PriceLevel = { name: string; priceMicroPerKwh: number }
type WeekGridProps = {
  /** `grid[weekday 0 = Monday … 6][hour 0…23]` → index into `levels`, cheapest first. */
  grid: readonly (readonly number[])[]
  levels: readonly PriceLevel[]
  currency: string
  /** `Summer tariff`: what the table is called. */
  title: string
  /** The hour it is now, framed. */
  now?: { weekday: number; hour: number } | null
  /** What happens when clocks change, in words. */
  dstNote?: string | null
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const
const HOURS = Array.from({ length: 24 }, (_, hour) => hour)
const FILLS = ['bg-price-1', 'bg-price-2', 'bg-price-3'] as const

/** 24 × 7 prices, the price written in each cell. Days are rows; on a phone, hours are. */
export function WeekGrid(props: WeekGridProps) {
  const { levels, currency, dstNote } = props
  return (
    <div className="flex flex-col gap-3">
      <div className="hidden md:block">
        <Grid {...props} rows={DAYS.map((_, day) => day)} columns={HOURS} daysAre="rows" />
      </div>
      <div className="md:hidden">
        <Grid {...props} rows={HOURS} columns={DAYS.map((_, day) => day)} daysAre="columns" />
      </div>
      <ul className="flex flex-wrap gap-x-4 gap-y-1 text-ink-2 text-label">
        {levels.map((level, index) => (
          <li key={level.name} className="inline-flex items-center gap-1.5">
            <i aria-hidden="true" className={cx('size-2.5 rounded-[1px] inset-ring inset-ring-control', fillOf(index, levels.length))} />
            {level.name} <b className="font-semibold text-ink">{priceText(level.priceMicroPerKwh, currency)}</b>
          </li>
        ))}
      </ul>
      {dstNote && <p className="max-w-prose text-ink-2">{dstNote}</p>}
    </div>
  )
}

const fillOf = (level: number, of: number): string => FILLS[of <= 1 ? 0 : Math.round((level / (of - 1)) * 2)] ?? FILLS[0]
const two = (n: number): string => String(n).padStart(2, '0')

function Grid({
  grid,
  levels,
  currency,
  title,
  now,
  rows,
  columns,
  daysAre,
}: WeekGridProps & { rows: readonly number[]; columns: readonly number[]; daysAre: 'rows' | 'columns' }) {
  const byDay = daysAre === 'rows'
  const nameDay = (day: number) => DAYS[day]
  const nameHour = (hour: number) => two(hour)
  return (
    <table className="w-full table-fixed border-separate border-spacing-px text-note">
      <caption className="sr-only">
        {title}: price per hour of the week, in hundredths of {currency} per kWh
      </caption>
      <thead>
        <tr>
          <td className="w-9" />
          {columns.map((column) => (
            <th key={column} scope="col" className="pb-1 text-center text-ink-3 text-label">
              {byDay ? nameHour(column) : nameDay(column)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row}>
            <th scope="row" className="text-ink-2 text-label">
              {byDay ? nameDay(row) : nameHour(row)}
            </th>
            {columns.map((column) => {
              const [day, hour] = byDay ? [row, column] : [column, row]
              const level = grid[day]?.[hour]
              const price = level === undefined ? undefined : levels[level]
              const isNow = now?.weekday === day && now.hour === hour
              return (
                <td
                  key={column}
                  aria-current={isNow ? 'time' : undefined}
                  className={cx(
                    'h-7 overflow-hidden rounded-[1px] text-center text-price-ink',
                    level !== undefined && fillOf(level, levels.length),
                    isNow && 'font-bold outline-2 outline-ink',
                  )}
                >
                  {price ? centNumber(price.priceMicroPerKwh) : '?'}
                </td>
              )
            })}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
