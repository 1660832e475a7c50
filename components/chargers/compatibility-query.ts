import { queryOptions } from '@tanstack/react-query'
import { getChargerModels, getCompatibilityChecks } from '#lib/api/compatibility.ts'
import { call } from '../ui/call.ts'

/** Asked again each second while a check runs: its lines come one by one. */
export const checksOptions = (depot: string, charger: string) =>
  queryOptions({
    queryKey: [getCompatibilityChecks.path, depot, charger],
    queryFn: ({ signal }) => call(getCompatibilityChecks, { params: { depot, charger }, signal }),
    refetchInterval: ({ state }) => (state.data?.checks.some((check) => check.state === 'running') ? 1_000 : 15_000),
  })

export const modelsOptions = (depot: string) =>
  queryOptions({
    queryKey: [getChargerModels.path, depot],
    queryFn: ({ signal }) => call(getChargerModels, { params: { depot }, signal }),
    refetchInterval: 30_000,
  })
