import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { getDuties } from '#lib/api/duty.ts'
import { getFleet } from '#lib/api/fleet.ts'
import { call } from '../ui/call.ts'

export const fleetOptions = (depot: string) =>
  queryOptions({
    queryKey: [getFleet.path, depot],
    queryFn: ({ signal }) => call(getFleet, { params: { depot }, signal }),
    refetchInterval: 60_000,
  })

/** Duties ahead, of one vehicle or of all. */
export const dutiesOptions = (depot: string, vehicle?: string) =>
  infiniteQueryOptions({
    queryKey: [getDuties.path, depot, vehicle ?? null],
    queryFn: ({ signal, pageParam }) => call(getDuties, { params: { depot }, input: { vehicle, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: 60_000,
  })
