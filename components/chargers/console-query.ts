import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { getCharger } from '#lib/api/charger.ts'
import { listActions, listCalls, listMessages, postCall } from '#lib/api/v1-charger.ts'
import type { SendableAction } from '#lib/ocpp/actions16.ts'
import type { Draft } from '#lib/ocpp/payload-form.ts'
import { call } from '../ui/call.ts'

/** What can be called now; asked again often, for a charger comes and goes. */
export const actionsOptions = (charger: string) =>
  queryOptions({
    queryKey: [listActions.path, charger],
    queryFn: ({ signal }) => call(listActions, { params: { charger }, signal }),
    refetchInterval: 10_000,
  })

export const callsOptions = (charger: string) =>
  infiniteQueryOptions({
    queryKey: [listCalls.path, charger],
    queryFn: ({ signal, pageParam }) => call(listCalls, { params: { charger }, input: { cursor: pageParam, take: 10 }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: 10_000,
  })

export type LogFilter = { search: string; direction: 'in' | 'out' | null }

/** `every`: renewed each few seconds while the log is watched. */
export const messagesOptions = (charger: string, { search, direction }: LogFilter, every: number | false) =>
  infiniteQueryOptions({
    queryKey: [listMessages.path, charger, search, direction],
    queryFn: ({ signal, pageParam }) =>
      call(listMessages, {
        params: { charger },
        input: { search: search || undefined, direction: direction ?? undefined, cursor: pageParam },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: every,
    // held: nothing moves, but what was never fetched is
    enabled: (query) => every !== false || query.state.data === undefined,
  })

/** Sends a call and waits for what comes of it; the log, the calls and the charger are asked for again. */
export function useCall(depot: string, charger: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: ({ action, payload }: { action: SendableAction; payload: { [name: string]: Draft } }) =>
      call(postCall, { params: { charger }, input: { action, payload } }),
    onSettled: () => {
      for (const queryKey of [
        [listCalls.path, charger],
        [listMessages.path, charger],
        [listActions.path, charger],
        [getCharger.path, depot, charger],
      ])
        void cache.invalidateQueries({ queryKey })
    },
  })
}
