'use client'
import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import { counted } from '#lib/format/number.ts'
import { Button } from './button.tsx'

/** The end of a long list: how much of it is shown, and the next page. `of` is the whole list's length where it is known. */
export function More({
  query,
  shown,
  of,
  noun,
}: {
  query: Pick<UseInfiniteQueryResult, 'hasNextPage' | 'isFetchingNextPage' | 'fetchNextPage' | 'isFetchNextPageError'>
  shown: number
  of?: number
  noun: string
}) {
  return (
    <div className="flex flex-wrap items-center gap-3 py-3">
      <span className="text-ink-2 text-label" role="status">
        {of === undefined || of === shown ? counted(shown, noun) : `${shown} of ${counted(of, noun)}`}
        {query.isFetchNextPageError && ' · the next ones could not be fetched'}
      </span>
      {query.hasNextPage && (
        <Button pending={query.isFetchingNextPage} pendingText="Fetching…" onClick={() => void query.fetchNextPage()}>
          Show more
        </Button>
      )}
    </div>
  )
}
