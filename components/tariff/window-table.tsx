'use client'
import type { TariffView } from '#lib/api/tariff.ts'
import { minuteText } from '#lib/energy/tariff-check.ts'
import { priceText, unitPriceText } from '#lib/format/money.ts'
import { Question } from '../ui/question.tsx'
import { Table } from '../ui/table.tsx'

type Window = TariffView['windows'][number]
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The windows as they were given: what the bill is made from. */
export function WindowTable({ windows, currency }: { windows: readonly Window[]; currency: string }) {
  return (
    <Question title="Which windows is it made of?" className="px-4 py-4 md:px-6">
      <Table<Window>
        caption="Tariff windows"
        className="mt-2"
        rows={windows}
        rowKey={(w) => `${w.name} ${w.seasonFrom} ${w.weekdays.join('')} ${w.startMinute}`}
        columns={[
          { name: 'Window', header: true, cell: ({ name }) => name },
          { name: 'Season', className: 'whitespace-nowrap', cell: (w) => seasonWords(w.seasonFrom, w.seasonUntil) },
          { name: 'Days', className: 'whitespace-nowrap', cell: ({ weekdays }) => daysWords(weekdays) },
          {
            name: 'Hours',
            className: 'whitespace-nowrap',
            cell: ({ startMinute, endMinute }) => `${minuteText(startMinute)}–${minuteText(endMinute)}`,
          },
          { name: 'Per kWh', numeric: true, cell: ({ priceMicroPerKwh }) => priceText(priceMicroPerKwh, currency) },
          {
            name: 'Demand, per kW',
            numeric: true,
            wideOnly: true,
            cell: ({ demandMicroPerKw }) => (demandMicroPerKw === 0 ? 'none' : unitPriceText(demandMicroPerKw, currency)),
          },
        ]}
      />
    </Question>
  )
}

/** `06-01` → `1 Jun` */
export const dayWords = (monthDay: string): string => `${Number(monthDay.slice(3))} ${MONTHS[Number(monthDay.slice(0, 2)) - 1]}`
const seasonWords = (from: string, until: string): string =>
  from === '01-01' && until === '12-31' ? 'all year' : `${dayWords(from)} – ${dayWords(until)}`

/** `Mon–Fri`, `Sat, Sun`, `every day` */
function daysWords(weekdays: readonly number[]): string {
  const days = [...weekdays].sort((a, b) => a - b)
  if (days.length === 7) return 'every day'
  const run = days.length > 2 && days.every((day, index) => index === 0 || day === days[index - 1]! + 1)
  if (run) return `${DAYS[days[0]! - 1]}–${DAYS[days.at(-1)! - 1]}`
  return days.map((day) => DAYS[day - 1]).join(', ')
}
