'use client'
import Link from 'next/link'
import type { ReactNode } from 'react'
import type { OverviewView } from '#lib/api/overview.ts'
import { comparedText, dayBefore, daysBefore } from '#lib/billing/compare.ts'
import { kilowattsText } from '#lib/format/energy.ts'
import { centText, moneyText, unitPriceText } from '#lib/format/money.ts'
import { count } from '#lib/format/number.ts'
import { clockText, monthText } from '#lib/format/time.ts'
import { useDepotNow } from '../ui/depot-clock.tsx'
import { Question } from '../ui/question.tsx'
import { useHref } from '../ui/use-href.ts'

/** What does it cost? Today, this month, and what it is made of. */
export function Cost({ view: { cost, supply, depot } }: { view: OverviewView }) {
  const href = useHref()
  const now = useDepotNow(30_000)
  const { currency, zone } = depot
  const sumText = (minor: number) => (cost.hasTariff || minor !== 0 ? moneyText(minor, currency) : 'no tariff')
  return (
    <Question
      title="What does it cost?"
      more={{ href: href('/sessions'), label: 'Sessions' }}
      className="border-line border-b p-4 md:px-6 md:py-5 xl:border-l"
    >
      <dl className="mt-2 grid grid-cols-2 gap-x-4">
        <Sum name={`Today, to ${clockText(now, zone)}`} value={sumText(cost.today.minor)}>
          {cost.hasTariff && said(comparedText(cost.today, cost.todayBefore), dayBefore(now, zone))}
        </Sum>
        <Sum name={`${monthText(now, zone)}, to date`} value={sumText(cost.month.minor)}>
          {cost.hasTariff && said(comparedText(cost.month, cost.monthBefore), daysBefore(now, zone))}
        </Sum>
      </dl>
      <table className="mt-3 w-full">
        <caption className="sr-only">What the cost is made of</caption>
        <tbody>
          <Line name="Energy today" detail="" value={`${count(cost.todayKwh)} kWh`} />
          <Line name={`Energy, ${monthText(now, zone).slice(0, 3)}`} detail="" value={`${count(cost.monthKwh)} kWh`} />
          {cost.unpricedKwh > 0 && <Line name="Without a tariff" detail="not in the cost" value={`${count(cost.unpricedKwh)} kWh`} />}
          {cost.demand && (
            <Line
              name="Demand charge"
              detail={supply.peakW === null ? '' : `peak ${kilowattsText(supply.peakW)} kW`}
              value={moneyText(cost.demand.minor, currency)}
            />
          )}
          {cost.perKwhMicro !== null && (
            <Line name="Per kWh, all in" detail={cost.estimated ? 'estimated' : ''} value={unitPriceText(cost.perKwhMicro, currency)} />
          )}
          {supply.price && (
            <Line
              name="Price now"
              detail={
                supply.price.nextAt !== null && supply.price.nextMicroPerKwh !== null
                  ? `${centText(supply.price.nextMicroPerKwh, currency)} from ${clockText(supply.price.nextAt, zone)}`
                  : supply.price.window
              }
              value={centText(supply.price.microPerKwh, currency)}
            />
          )}
        </tbody>
      </table>
      {!cost.hasTariff && (
        <p className="mt-2 text-ink-2">
          No tariff is in force, so nothing has a price.{' '}
          <Link href={href('/tariff')} className="underline underline-offset-[3px]">
            Enter a tariff
          </Link>
        </p>
      )}
    </Question>
  )
}

const said = (compared: string | null, period: string): string => (compared === null ? `nothing from ${period}` : `${compared} ${period}`)

function Sum({ name, value, children }: { name: string; value: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-ink-3 text-label">{name}</dt>
      <dd>
        <span className="text-display">{value}</span>
        <small className="mt-0.5 block text-ink-2 text-label">{children}</small>
      </dd>
    </div>
  )
}

function Line({ name, detail, value }: { name: string; detail: string; value: string }) {
  return (
    <tr className="border-line border-t">
      <th scope="row" className="whitespace-nowrap py-[5px] font-normal text-ink-2">
        {name}
      </th>
      <td className="py-[5px] pl-3 text-right text-ink-3 md:whitespace-nowrap">{detail}</td>
      <td className="whitespace-nowrap py-[5px] pl-3 text-right font-medium">{value}</td>
    </tr>
  )
}
