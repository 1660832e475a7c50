import { queryOptions, useQueryClient } from '@tanstack/react-query'
import { getCharger, getChargers } from '#lib/api/charger.ts'
import { getProvisioning } from '#lib/api/provisioning.ts'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'

/** Every two seconds while a key is on its way, else now and then. */
export const provisioningOptions = (depot: string, charger: string) =>
  queryOptions({
    queryKey: [getProvisioning.path, depot, charger],
    queryFn: ({ signal }) => call(getProvisioning, { params: { depot, charger }, signal }),
    refetchInterval: ({ state }) => (state.data?.rotation?.open ? 2_000 : 15_000),
  })

/** Asks anew for all that shows a charger. */
export function useChargersChanged(): () => Promise<void> {
  const depot = useDepot()
  const cache = useQueryClient()
  return async () => {
    await Promise.all([getChargers, getCharger, getProvisioning].map(({ path }) => cache.invalidateQueries({ queryKey: [path, depot.id] })))
  }
}
