'use client'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { getOverview } from '#lib/api/overview.ts'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { ErrorState } from '../ui/states.tsx'
import { Broken } from './broken.tsx'
import { Cost } from './cost.tsx'
import { KeyFigures } from './key-figures.tsx'
import { OverviewSkeleton } from './overview-skeleton.tsx'
import { Power } from './power.tsx'
import { Ready } from './ready.tsx'

export const overviewOptions = (depot: string) =>
  queryOptions({
    queryKey: [getOverview.path, depot],
    queryFn: ({ signal }) => call(getOverview, { params: { depot }, signal }),
    refetchInterval: 30_000,
  })

/** Five questions in the order they are asked: on time, under the cap, broken, cost, key figures. */
export function Overview() {
  const depot = useDepot()
  const { data: view, error, refetch } = useQuery(overviewOptions(depot.id))
  if (!view)
    return error ? (
      <div className="px-4 md:px-6">
        <h1 className="sr-only">Overview of {depot.name}</h1>
        <ErrorState title="The overview cannot be shown" detail={error.message} retry={() => void refetch()} />
      </div>
    ) : (
      <OverviewSkeleton />
    )
  return (
    <div className="flex min-h-full flex-col xl:grid xl:grid-cols-[minmax(0,1fr)_372px] xl:grid-rows-[auto_minmax(max-content,1fr)_auto]">
      <h1 className="sr-only">Overview of {depot.name}</h1>
      <Ready view={view} />
      <Power view={view} />
      <Broken view={view} stale={error !== null} />
      <Cost view={view} />
      <KeyFigures tiles={view.kpis} />
    </div>
  )
}
