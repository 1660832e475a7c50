import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { type ActOutcome, actOnCharger, type ChargerAct, getCharger, getChargers } from '#lib/api/charger.ts'
import { listMessages } from '#lib/api/v1-charger.ts'
import { call } from '../ui/call.ts'

export const chargersOptions = (depot: string) =>
  queryOptions({
    queryKey: [getChargers.path, depot],
    queryFn: ({ signal }) => call(getChargers, { params: { depot }, signal }),
    refetchInterval: 15_000,
  })

export const chargerOptions = (depot: string, charger: string) =>
  queryOptions({
    queryKey: [getCharger.path, depot, charger],
    queryFn: ({ signal }) => call(getCharger, { params: { depot, charger }, signal }),
    refetchInterval: 15_000,
  })

/** What was asked of the charger and what came of it. */
export type Outcome = { asked: string } & ({ kind: 'answered'; answer: ActOutcome } | { kind: 'failed'; detail: string })

/** Asks a charger; the page is told the outcome and asks again for what may have changed. */
export function useAsk(depot: string, charger: string, told: (outcome: Outcome) => void) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: ({ act }: { act: ChargerAct; asked: string }) => call(actOnCharger, { params: { depot, charger }, input: act }),
    onSuccess: (answer, { asked }) => told({ asked, kind: 'answered', answer }),
    onError: (error, { asked }) => told({ asked, kind: 'failed', detail: error.message }),
    onSettled: () => {
      for (const queryKey of [
        [getCharger.path, depot, charger],
        [getChargers.path, depot],
        [listMessages.path, charger],
      ])
        void cache.invalidateQueries({ queryKey })
    },
  })
}
