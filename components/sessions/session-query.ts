import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { parseAsString, parseAsStringLiteral } from 'nuqs'
import { getSession, getSessionChoices, getSessions, type SessionFilter } from '#lib/api/session.ts'
import { call } from '../ui/call.ts'

export const STATES = ['open', 'closed', 'review'] as const
export const SORTS = ['started', 'energy', 'cost'] as const

/** The filter as the URL keeps it; the export takes the same words. */
export const filterInUrl = {
  from: parseAsString,
  until: parseAsString,
  vehicle: parseAsString,
  charger: parseAsString,
  tag: parseAsString,
  state: parseAsStringLiteral(STATES),
  sort: parseAsStringLiteral(SORTS).withDefault('started'),
}
export type Asked = { [Name in keyof SessionFilter]: SessionFilter[Name] | null } & { sort: (typeof SORTS)[number] }

/** Without what is not asked for. */
export const filterOf = ({ sort: _, ...asked }: Asked): SessionFilter =>
  Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== null && value !== ''))

export const sessionsOptions = (depot: string, asked: Asked) =>
  infiniteQueryOptions({
    queryKey: [getSessions.path, depot, filterOf(asked), asked.sort],
    queryFn: ({ signal, pageParam }) =>
      call(getSessions, { params: { depot }, input: { ...filterOf(asked), sort: asked.sort, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    // the first page's time is also the sum's: both are asked again together
    refetchInterval: 60_000,
  })

export const choicesOptions = (depot: string) =>
  queryOptions({
    queryKey: [getSessionChoices.path, depot],
    queryFn: ({ signal }) => call(getSessionChoices, { params: { depot }, signal }),
    staleTime: 300_000,
  })

export const sessionOptions = (depot: string, session: number) =>
  queryOptions({
    queryKey: [getSession.path, depot, session],
    queryFn: ({ signal }) => call(getSession, { params: { depot, session }, signal }),
    // a running session grows
    refetchInterval: ({ state }) => (state.data?.stoppedAt === null ? 30_000 : false),
  })
