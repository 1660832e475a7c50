import { type Query, QueryCache, QueryClient } from '@tanstack/react-query'
import type { ProblemCode } from '#lib/api/problem.ts'
import { CallFailed } from '../ui/call.ts'

/** Failures that may be over the next time. */
const PASSING: readonly CallFailed['code'][] = ['unreachable', 'internal', 'unavailable']
/** What is so until a person does something: neither time nor an event changes it. */
const FINAL: readonly ProblemCode[] = ['not-found', 'forbidden', 'invalid']

/**
 * The cache of server data. A refusal is not asked again at once; one that is final is not asked again at all, neither by an interval nor
 * by a live event, but by `refetch` (the button "Try again") and when its page is opened anew.
 */
export function makeQueryClient(): QueryClient {
  const queryCache = new QueryCache()
  queryCache.subscribe(({ type, query }) => {
    // nobody looks at it any more: whoever opens the page again asks again
    if (type === 'observerRemoved' && query.getObserversCount() === 0 && isFinal(query.state.error)) queryCache.remove(query)
  })
  return new QueryClient({
    queryCache,
    // live events keep the cache fresh, so a mount or a focus need not ask again
    defaultOptions: { queries: { staleTime: 30_000, refetchOnWindowFocus: false, retry: mayHelp, enabled: isOpen } },
  })
}

/** Asked once more when that may help: a refusal is the same the second time. */
const mayHelp = (failures: number, error: unknown): boolean =>
  failures < 1 && (!(error instanceof CallFailed) || PASSING.includes(error.code))

const isOpen = ({ state }: Pick<Query, 'state'>): boolean => !isFinal(state.error)

const isFinal = (error: unknown): boolean => error instanceof CallFailed && (FINAL as readonly string[]).includes(error.code)
