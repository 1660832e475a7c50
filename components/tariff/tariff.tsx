'use client'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { parseAsBoolean, useQueryState } from 'nuqs'
import { getTariff, type TariffView } from '#lib/api/tariff.ts'
import { operators } from '#lib/auth/role.ts'
import { priceText, unitPriceText } from '#lib/format/money.ts'
import { counted } from '#lib/format/number.ts'
import { dayText, nearText } from '#lib/format/time.ts'
import { instant } from '#lib/time/instant.ts'
import { localParts } from '#lib/time/zone.ts'
import { WeekGrid } from '../charts/week-grid.tsx'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { useDepotNow } from '../ui/depot-clock.tsx'
import { FactStrip } from '../ui/facts.tsx'
import { useRole } from '../ui/me-query.ts'
import { PageBar } from '../ui/page-bar.tsx'
import { Question } from '../ui/question.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { Carbon } from './carbon.tsx'
import { MonthPeak } from './month-peak.tsx'
import { ReplaceTariff } from './replace-tariff.tsx'
import { dayWords, WindowTable } from './window-table.tsx'

export const tariffOptions = (depot: string) =>
  queryOptions({
    queryKey: [getTariff.path, depot],
    queryFn: ({ signal }) => call(getTariff, { params: { depot }, signal }),
    refetchInterval: 60_000,
  })

/** What a kWh costs: now, and in each hour of a week. */
export function Tariff() {
  const depot = useDepot()
  const role = useRole()
  const { data, error, refetch } = useQuery(tariffOptions(depot.id))
  const [replacing, replace] = useQueryState('replace', parseAsBoolean.withDefault(false))
  const why = role === null || operators.includes(role) ? null : 'A manager or an administrator changes the tariff.'
  const button = (
    <Button disabledReason={why} onClick={() => void replace(true)}>
      {data?.tariff ? 'Replace from a file' : 'Add from a file'}
    </Button>
  )
  return (
    <div className="flex min-h-full flex-col">
      <PageBar title="Tariff" note={error && data ? 'The server does not answer: this is what it said last.' : data?.tariff?.name}>
        {data?.tariff && button}
      </PageBar>
      {data?.tariff ? (
        <InForce tariff={data.tariff} />
      ) : data ? (
        <div className="px-4 md:px-6">
          <EmptyState title="No tariff yet" action={button}>
            Without one, sessions have no cost and the plan knows no cheap hours; it still makes every departure.
          </EmptyState>
        </div>
      ) : error ? (
        <div className="px-4 md:px-6">
          <ErrorState title="The tariff cannot be shown" detail={error.message} retry={() => void refetch()} />
        </div>
      ) : (
        <div role="status" aria-label="Loading the tariff" className="flex flex-col gap-4 px-4 py-4 md:px-6">
          <Skeleton className="h-9" />
          <Skeleton className="h-64" />
          <Skeleton className="h-64" />
        </div>
      )}
      {data?.tariff && <MonthPeak whyNot={why} />}
      {data && <Carbon whyNot={why} />}
      {data && <ReplaceTariff key={String(replacing)} open={replacing} close={() => void replace(null)} before={data.tariff} />}
    </div>
  )
}

function InForce({ tariff }: { tariff: TariffView }) {
  const now = useDepotNow(30_000)
  const { weekday, hour } = localParts(instant(now), tariff.zone)
  const seasons = [...tariff.seasons].sort((a, b) => Number(b.current) - Number(a.current))
  return (
    <>
      <FactStrip facts={factsOf(tariff, now)} />
      {seasons.map((season, index) => (
        <Question
          key={`${season.from} ${season.until}`}
          title={season.current ? `What does each hour cost now, ${season.name}?` : `And in ${season.name}?`}
          className="border-line border-b px-4 py-4 md:px-6"
        >
          <p className="mb-2 text-ink-2">
            Hundredths of {tariff.currency} per kWh, from {dayWords(season.from)} to {dayWords(season.until)}.
          </p>
          <WeekGrid
            grid={season.grid}
            levels={tariff.levels}
            currency={tariff.currency}
            title={season.name}
            now={season.current ? { weekday: weekday - 1, hour } : null}
            dstNote={index === 0 ? tariff.dstNote : null}
          />
        </Question>
      ))}
      <WindowTable windows={tariff.windows} currency={tariff.currency} />
      <p className="px-4 pb-4 text-ink-2 md:px-6">Source: {tariff.source}</p>
    </>
  )
}

function factsOf(tariff: TariffView, now: number) {
  const { zone, currency } = tariff
  return [
    tariff.now
      ? {
          name: 'Price now',
          value: priceText(tariff.now.microPerKwh, currency),
          remark: `${tariff.now.window}${tariff.now.until === null ? '' : `, until ${nearText(tariff.now.until, now, zone)}`}`,
        }
      : { name: 'Price now', value: 'none', remark: 'no window covers this hour' },
    tariff.demandMicroPerKw === 0
      ? { name: 'Demand charge', value: 'none' }
      : {
          name: 'Demand charge, this season',
          value: `${unitPriceText(tariff.demandMicroPerKw, currency)}/kW`,
          remark: 'of the month’s highest 15-minute mean',
        },
    { name: 'Prices', value: counted(tariff.levels.length, 'level'), remark: counted(tariff.windows.length, 'window') },
    {
      name: 'In force',
      value: `since ${dayText(tariff.validFrom, zone)}`,
      remark: tariff.validUntil === null ? 'until it is replaced' : `until ${dayText(tariff.validUntil, zone)}`,
    },
  ]
}
