'use client'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { parseAsString, useQueryState } from 'nuqs'
import type { ReactNode } from 'react'
import { type DriverView, getMyVan } from '#lib/api/driver.ts'
import { CallFailed, call } from '../ui/call.ts'
import { DepotClockProvider } from '../ui/depot-clock.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { DriverHead } from './driver-head.tsx'
import { DriverSkeleton } from './driver-skeleton.tsx'
import { MyVan } from './my-van.tsx'
import { Offline } from './offline.tsx'
import { useOnline } from './use-online.ts'
import { VanChoice } from './van-choice.tsx'

export const myVanOptions = (vehicle: string | null) =>
  queryOptions({
    queryKey: [getMyVan.path, vehicle],
    queryFn: ({ signal }) => call(getMyVan, { input: { vehicle: vehicle ?? undefined }, signal }),
    // drivers have no live feed: a phone in a pocket should sleep
    refetchInterval: 10_000,
    refetchOnWindowFocus: true,
    refetchOnReconnect: true,
    networkMode: 'always',
  })

/** What a driver needs of the own van: leave it plugged or not, when it is ready, and three things one may do. */
export function Driver() {
  const [vehicle, setVehicle] = useQueryState('van', parseAsString)
  const online = useOnline()
  const { data: view, error, refetch, dataUpdatedAt } = useQuery(myVanOptions(vehicle))
  const reach = !online ? 'offline' : error ? 'lost' : view ? 'live' : 'connecting'
  if (!view) return <Frame>{error ? <NoAnswer error={error} retry={() => void refetch()} /> : <DriverSkeleton />}</Frame>
  return (
    <DepotClockProvider depotNow={view.clock.now} speed={view.clock.speed} zone={view.clock.zone}>
      <Frame>
        <DriverHead depotName={view.depotName} reach={reach} />
        {reach !== 'live' && <Offline reach={reach} heardAt={dataUpdatedAt} />}
        <Body view={view} reachable={reach === 'live'} />
        <VanChoice vehicles={view.vehicles} chosen={view.van?.id ?? null} choose={(id) => void setVehicle(id)} />
      </Frame>
    </DepotClockProvider>
  )
}

function Body({ view, reachable }: { view: DriverView; reachable: boolean }) {
  if (view.van) return <MyVan van={view.van} zone={view.clock.zone} reachable={reachable} />
  return (
    <div className="px-4">
      <h1 className="sr-only">My van</h1>
      <EmptyState title="No van is yours today">
        {view.vehicles.length > 0
          ? 'Choose the van you drive below.'
          : 'Ask the dispatcher to give you one; it then appears here by itself.'}
      </EmptyState>
    </div>
  )
}

const Frame = ({ children }: { children: ReactNode }) => (
  <main className="mx-auto flex min-h-screen max-w-[440px] flex-col bg-surface">{children}</main>
)

function NoAnswer({ error, retry }: { error: Error; retry: () => void }) {
  return (
    <div className="px-4">
      <h1 className="sr-only">My van</h1>
      {error instanceof CallFailed && error.code === 'unauthenticated' ? (
        <EmptyState title="You are signed out">
          <a className="inline-flex min-h-12 items-center underline underline-offset-[3px]" href="/sign-in">
            Sign in again
          </a>
        </EmptyState>
      ) : (
        <ErrorState
          title="Your van cannot be shown"
          detail={`${error.message} If your van is plugged in, it goes on charging all the same.`}
          retry={retry}
        />
      )}
    </div>
  )
}
