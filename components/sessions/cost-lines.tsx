'use client'
import Link from 'next/link'
import type { z } from 'zod'
import type { costLine } from '#lib/api/session.ts'
import type { Money } from '#lib/api/words.ts'
import { energyText } from '#lib/format/energy.ts'
import { moneyExact, priceText } from '#lib/format/money.ts'
import { clockText, dayText, windowText } from '#lib/format/time.ts'
import { useDepotZone } from '../ui/depot-clock.tsx'
import { Question } from '../ui/question.tsx'
import { Table } from '../ui/table.tsx'
import { useHref } from '../ui/use-href.ts'

type Line = z.output<typeof costLine>

/** The bill of one session: a line per stretch of one price; they sum to the whole. */
export function CostLines({ lines, total, running }: { lines: readonly Line[]; total: Money | null; running: boolean }) {
  const zone = useDepotZone()
  const href = useHref()
  return (
    <Question title="What did it cost?" className="px-4 py-4 md:px-6">
      {total === null ? (
        <p className="max-w-prose py-2 text-ink-2">
          No tariff was in force when it began, so what it cost is not known.{' '}
          <Link href={href('/tariff')} className="underline underline-offset-[3px]">
            Enter a tariff
          </Link>{' '}
          for the sessions to come.
        </p>
      ) : lines.length === 0 ? (
        <p className="py-2 text-ink-2">
          {running ? 'No priced energy yet: the first reading brings the first line.' : 'Nothing was charged, so there is nothing to pay.'}
        </p>
      ) : (
        <>
          <Table<Line>
            caption="Cost by tariff window"
            className="mt-2"
            rows={lines}
            rowKey={(line) => `${line.from} ${line.window}`}
            columns={[
              {
                name: 'When',
                header: true,
                cell: ({ from, until }) =>
                  dayText(from, zone) === dayText(until - 1, zone)
                    ? `${dayText(from, zone)}, ${windowText(from, until, zone)}`
                    : `${dayText(from, zone)}, ${clockText(from, zone)}–${dayText(until, zone)}, ${clockText(until, zone)}`,
                className: 'whitespace-nowrap',
              },
              { name: 'Window', cell: ({ window }) => window },
              { name: 'Energy', numeric: true, cell: ({ energyWh }) => energyText(energyWh) },
              { name: 'Price', numeric: true, cell: ({ priceMicroPerKwh }) => priceText(priceMicroPerKwh, total.currency) },
              { name: 'Sure?', wideOnly: true, cell: ({ estimated }) => (estimated ? 'estimated' : 'measured'), className: 'md:pl-4' },
              {
                name: 'Amount',
                numeric: true,
                cell: ({ amount, estimated }) => (
                  <>
                    {estimated && <span className="mr-1 text-ink-3 text-note">est.</span>}
                    {moneyExact(amount.minor, amount.currency)}
                  </>
                ),
              },
            ]}
          />
          <p className="flex justify-between border-ink border-t pt-2 text-strong">
            <span>{running ? 'So far' : 'Together'}</span>
            <span>{moneyExact(total.minor, total.currency)}</span>
          </p>
          {lines.some(({ estimated }) => estimated) && (
            <p className="mt-2 max-w-prose text-ink-2">
              Estimated: readings are missing there, and the energy between the last and the next one is spread evenly over the time.
            </p>
          )}
        </>
      )}
    </Question>
  )
}
