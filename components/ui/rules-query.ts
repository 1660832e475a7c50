import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { getCharger } from '#lib/api/charger.ts'
import { getChargerRules, getSettings, repairChargers } from '#lib/api/configuration.ts'
import { call } from './call.ts'

export const rulesOptions = (depot: string) =>
  queryOptions({
    queryKey: [getChargerRules.path, depot],
    queryFn: ({ signal }) => call(getChargerRules, { params: { depot }, signal }),
    refetchInterval: 60_000,
  })

export const settingsOptions = (depot: string, charger: string) =>
  queryOptions({
    queryKey: [getSettings.path, depot, charger],
    queryFn: ({ signal }) => call(getSettings, { params: { depot, charger }, signal }),
    refetchInterval: 30_000,
  })

/** Sets one charger right, or all that differ; what is shown of them is asked again. */
export function useRepair(depot: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (chargerId?: string) => call(repairChargers, { params: { depot }, input: chargerId === undefined ? {} : { chargerId } }),
    onSettled: () => {
      for (const path of [getChargerRules.path, getSettings.path, getCharger.path])
        void cache.invalidateQueries({ queryKey: [path, depot] })
    },
  })
}
