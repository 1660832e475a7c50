import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { type ActOutcome, actOnCharger, type ChargerAct, getCharger, getChargers, getMessages } from '#lib/api/charger.ts'
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

/** `every`: renewed each few seconds while the log is watched. */
export const messagesOptions = (depot: string, charger: string, search: string, every: number | false) =>
  infiniteQueryOptions({
    queryKey: [getMessages.path, depot, charger, search],
    queryFn: ({ signal, pageParam }) =>
      call(getMessages, { params: { depot, charger }, input: { search: search || undefined, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: every,
    // held: nothing moves, but what was never fetched is
    enabled: (query) => every !== false || query.state.data === undefined,
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
        [getMessages.path, depot, charger],
      ])
        void cache.invalidateQueries({ queryKey })
    },
  })
}
