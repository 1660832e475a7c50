'use client'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useQueryStates } from 'nuqs'
import { exportPath, type SessionFilter } from '#lib/api/session.ts'
import { energyText } from '#lib/format/energy.ts'
import { moneyExact, unitPriceText } from '#lib/format/money.ts'
import { count, counted } from '#lib/format/number.ts'
import { buttonClass } from '../ui/button.tsx'
import { useDepot } from '../ui/depot.tsx'
import { FactStrip } from '../ui/facts.tsx'
import { More } from '../ui/more.tsx'
import { PageBar } from '../ui/page-bar.tsx'
import { Skeleton, SkeletonLines } from '../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { useHref } from '../ui/use-href.ts'
import { SessionFilters } from './session-filters.tsx'
import { filterInUrl, filterOf, sessionsOptions } from './session-query.ts'
import { SessionTable } from './session-table.tsx'

/** Who charged when, how much and for how much: a filter, its sums, its rows, its file. */
export function Sessions() {
  const depot = useDepot()
  const [asked, ask] = useQueryStates(filterInUrl, { history: 'push' })
  const query = useInfiniteQuery({ ...sessionsOptions(depot.id, asked), placeholderData: keepPreviousData })
  const { data, error, refetch, isPlaceholderData } = query
  const first = data?.pages[0]
  const rows = data?.pages.flatMap(({ items }) => items) ?? []
  const unpriced = first?.unpriced.sessions ?? 0
  const pricedWh = first ? first.sumEnergyWh - first.unpriced.energyWh : 0
  const some = Object.keys(filterOf(asked)).length > 0
  return (
    <div className="flex min-h-full flex-col">
      <PageBar
        title="Sessions"
        note={error && first ? 'The server does not answer: this is what it said last.' : some ? 'by filter' : 'all of them'}
      >
        <Export depot={depot.id} filter={filterOf(asked)} rows={first?.total ?? null} />
      </PageBar>
      <SessionFilters asked={asked} ask={(change) => void ask(change)} />
      {first ? (
        <>
          <FactStrip
            facts={[
              { name: some ? 'Sessions of this filter' : 'Sessions', value: count(first.total) },
              { name: 'Energy', value: energyText(first.sumEnergyWh) },
              {
                name: 'Cost',
                value: unpriced === first.total && unpriced > 0 ? 'no tariff' : moneyExact(first.sumCost.minor, first.sumCost.currency),
                remark: unpriced > 0 ? <Unpriced sessions={unpriced} of={first.total} /> : 'energy, by tariff window',
              },
              {
                name: 'Per kWh',
                value:
                  pricedWh > 0 ? unitPriceText(Math.round((first.sumCost.minor * 10_000_000) / pricedWh), first.sumCost.currency) : '–',
              },
            ]}
          />
          {/* the rows of the filter before stand until the new ones are here */}
          <div aria-busy={isPlaceholderData} className={isPlaceholderData ? 'opacity-60' : ''}>
            {rows.length === 0 ? (
              <div className="px-4 md:px-6">
                <EmptyState title={some ? 'No session fits this filter' : 'No session yet'}>
                  {some ? 'Clear a field, or take a longer period.' : 'One appears here as soon as a vehicle charges.'}
                </EmptyState>
              </div>
            ) : (
              <div className="pt-2">
                <SessionTable sessions={rows} />
                <div className="px-4 md:px-6">
                  <More query={query} shown={rows.length} of={first.total} noun="session" />
                </div>
              </div>
            )}
          </div>
        </>
      ) : error ? (
        <div className="px-4 md:px-6">
          <ErrorState title="The sessions cannot be shown" detail={error.message} retry={() => void refetch()} />
        </div>
      ) : (
        <>
          <div className="border-line border-b px-4 py-2.5 md:px-6">
            <Skeleton className="h-9" />
          </div>
          <div className="px-4 md:px-6">
            <SkeletonLines lines={12} label="Loading the sessions" />
          </div>
        </>
      )}
    </div>
  )
}

/** The whole filter as a file, not only the rows shown. */
function Export({ depot, filter, rows }: { depot: string; filter: SessionFilter; rows: number | null }) {
  const query = new URLSearchParams(Object.entries(filter))
  return (
    <>
      <span className="text-ink-2 text-label">{rows === null ? '' : `${counted(rows, 'row')}, depot time with offset`}</span>
      <a className={buttonClass()} href={`${exportPath(depot)}${query.size > 0 ? `?${query}` : ''}`} download>
        Download CSV
      </a>
    </>
  )
}

/** Sessions that began while no tariff was in force. */
function Unpriced({ sessions, of }: { sessions: number; of: number }) {
  const href = useHref()
  return (
    <>
      {sessions < of && `without ${counted(sessions, 'session')}: no tariff then, `}
      <Link href={href('/tariff')} className="underline underline-offset-[3px]">
        see the tariff
      </Link>
    </>
  )
}
