'use client'
import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query'
import { parseAsString, useQueryStates } from 'nuqs'
import { getJournal } from '#lib/api/depot.ts'
import { momentText } from '#lib/format/time.ts'
import { actorWords, JOURNAL_KINDS, journalWords } from '#lib/live/journal-words.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { Select } from '../ui/field.tsx'
import { More } from '../ui/more.tsx'
import { Question } from '../ui/question.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'
import { MessageDays } from './kept-days.tsx'

const journalOptions = (depot: string, { kind, subject }: { kind: string | null; subject: string | null }) =>
  infiniteQueryOptions({
    queryKey: [getJournal.path, depot, kind, subject],
    queryFn: ({ signal, pageParam }) =>
      call(getJournal, {
        params: { depot },
        input: { kind: kind ?? undefined, subject: subject ?? undefined, cursor: pageParam },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: 30_000,
  })

/** Who did what to which thing, newest first. Lines are only ever added. */
export function Journal() {
  const depot = useDepot()
  const [asked, ask] = useQueryStates({ kind: parseAsString, subject: parseAsString }, { history: 'push' })
  const query = useInfiniteQuery(journalOptions(depot.id, asked))
  const { data, error, refetch } = query
  const rows = data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <>
      <MessageDays />
      <Question title="What happened?">
        <div className="my-2 flex flex-wrap items-end gap-3">
          <Select
            label="Kind"
            className="w-44"
            value={asked.kind ?? ''}
            onChange={({ target }) => void ask({ kind: target.value || null })}
            options={[{ value: '', label: 'Everything' }, ...JOURNAL_KINDS.map(({ kind, label }) => ({ value: kind, label }))]}
          />
          {asked.subject && <Button onClick={() => void ask({ subject: null })}>{`Only ${asked.subject}: show all`}</Button>}
        </div>
        {data ? (
          rows.length === 0 ? (
            <EmptyState title="No line fits">Take another kind, or everything.</EmptyState>
          ) : (
            <>
              <Table
                caption="Journal"
                rows={rows}
                rowKey={({ id }) => id}
                columns={[
                  { name: 'When', header: true, className: 'whitespace-nowrap', cell: ({ at }) => momentText(at, depot.zone) },
                  { name: 'What', className: 'min-w-48', cell: ({ kind }) => <span title={kind}>{journalWords(kind)}</span> },
                  { name: 'By', className: 'whitespace-nowrap', cell: ({ actor }) => actorWords(actor) },
                  {
                    name: 'About',
                    className: 'min-w-28',
                    cell: ({ subject }) =>
                      subject === null ? (
                        ''
                      ) : (
                        <button
                          type="button"
                          className="min-h-6 break-all text-left underline-offset-[3px] hover:underline"
                          title="Show all that happened to it"
                          onClick={() => void ask({ subject })}
                        >
                          {subject}
                        </button>
                      ),
                  },
                  {
                    name: 'Details',
                    className: 'min-w-64 md:w-2/5',
                    cell: ({ data: details }) => <Details data={details} />,
                  },
                ]}
              />
              <More query={query} shown={rows.length} noun="line" />
            </>
          )
        ) : error ? (
          <ErrorState title="The journal cannot be shown" detail={error.message} retry={() => void refetch()} />
        ) : (
          <SkeletonLines lines={10} label="Loading the journal" />
        )}
      </Question>
    </>
  )
}

function Details({ data }: { data: unknown }) {
  const text = JSON.stringify(data)
  if (text === undefined || text === '{}' || text === 'null') return null
  if (text.length < 60) return <code className="break-all font-mono text-ink-2 text-note">{text}</code>
  return (
    <details>
      <summary className="min-h-6 break-all font-mono text-ink-2 text-note">{text.slice(0, 56)}…</summary>
      <pre className="max-h-72 overflow-auto whitespace-pre-wrap break-all rounded-mark bg-sunken p-2 font-mono text-note">
        {JSON.stringify(data, null, 2)}
      </pre>
    </details>
  )
}
