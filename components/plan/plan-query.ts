import { queryOptions } from '@tanstack/react-query'
import { getPlan } from '#lib/api/plan.ts'
import { getHelp } from '#lib/api/what-if.ts'
import { call } from '../ui/call.ts'

export const planOptions = (depot: string) =>
  queryOptions({
    queryKey: [getPlan.path, depot],
    queryFn: ({ signal }) => call(getPlan, { params: { depot }, signal }),
    refetchInterval: 60_000,
  })

/** Each way is tried by the planner: asked once when a vehicle is looked at, not with every plan. */
export const helpOptions = (depot: string, vehicle: string) =>
  queryOptions({
    queryKey: [getHelp.path, depot, vehicle],
    queryFn: ({ signal }) => call(getHelp, { params: { depot, vehicle }, signal }),
    staleTime: 60_000,
    retry: false,
  })
