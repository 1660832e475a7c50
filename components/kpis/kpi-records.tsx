'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { KpiTile } from '#lib/api/kpi.ts'
import { counted, count as countText } from '#lib/format/number.ts'
import { useDepot } from '../ui/depot.tsx'
import { More } from '../ui/more.tsx'
import { Question } from '../ui/question.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { COUNTS, type Counts, recordsOptions, type Window } from './kpi-query.ts'
import { LatencyPicture } from './latency-picture.tsx'
import { RecordTable } from './record-table.tsx'

const NOUNS: Record<KpiTile['id'], string> = { availability: 'visit', throughput: 'day', latency: 'command' }
const WORDS: Record<Counts, string> = { success: 'Success', failure: 'Failure', excluded: 'Excluded', open: 'Open' }

/** The single records behind a tile. The classes sum to all of them: nothing is left out of sight. */
export function KpiRecords({
  tile,
  window,
  counts,
  count,
}: {
  tile: KpiTile
  window: Window
  counts: Counts | null
  count: (counts: Counts | null) => void
}) {
  const depot = useDepot()
  const query = useInfiniteQuery(recordsOptions(depot.id, tile.id, window, counts))
  const all = useTotal(tile.id, window, null)
  // four fixed classes, so hooks are called in the same order each time
  const totals: Record<Counts, number | null> = {
    success: useTotal(tile.id, window, 'success'),
    failure: useTotal(tile.id, window, 'failure'),
    excluded: useTotal(tile.id, window, 'excluded'),
    open: useTotal(tile.id, window, 'open'),
  }
  const { data, error, refetch } = query
  const rows = data?.pages.flatMap(({ items }) => items) ?? []
  const withNumber = (word: string, n: number | null) => (n === null ? word : `${word} ${countText(n)}`)
  const noun = NOUNS[tile.id]
  return (
    <Question title={`Which ${noun}s is “${tile.name}” counted from?`} className="px-4 py-4 md:px-6">
      {tile.id === 'latency' && <LatencyPicture window={window} />}
      {/* days are not classed: each counts as it was */}
      {tile.id !== 'throughput' && (
        <div className="my-3 flex flex-wrap items-center gap-3">
          <Segmented<Counts | 'all'>
            label="How they count"
            value={counts ?? 'all'}
            onChange={(to) => count(to === 'all' ? null : to)}
            segments={[
              { value: 'all', label: withNumber('All', all) },
              ...COUNTS.map((each) => ({ value: each, label: withNumber(WORDS[each], totals[each]) })),
            ]}
          />
          {all !== null && (
            <span className="text-ink-2 text-label">
              {counted(all, noun)} = {COUNTS.map((each) => `${countText(totals[each] ?? 0)} ${WORDS[each].toLowerCase()}`).join(' + ')}
            </span>
          )}
        </div>
      )}
      {data ? (
        rows.length === 0 ? (
          <EmptyState title={counts === null ? `No ${noun} in this window` : `No ${noun} counts as ${WORDS[counts].toLowerCase()}`}>
            Take a longer window, or another class.
          </EmptyState>
        ) : (
          <>
            <RecordTable kpi={tile.id} records={rows} />
            <More query={query} shown={rows.length} of={data.pages[0]!.total} noun={noun} />
          </>
        )
      ) : error ? (
        <ErrorState title="The records cannot be shown" detail={error.message} retry={() => void refetch()} />
      ) : (
        <SkeletonLines lines={8} label="Loading the records" />
      )}
    </Question>
  )
}

function useTotal(kpi: KpiTile['id'], window: Window, counts: Counts | null): number | null {
  const depot = useDepot()
  return useInfiniteQuery(recordsOptions(depot.id, kpi, window, counts)).data?.pages[0]?.total ?? null
}
