'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs'
import { useState } from 'react'
import type { z } from 'zod'
import type { messageRow } from '#lib/api/v1-charger.ts'
import { clockWithSeconds, dayText } from '#lib/format/time.ts'
import { useDepot } from '../ui/depot.tsx'
import { More } from '../ui/more.tsx'
import { Question } from '../ui/question.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { Json } from './asked-of.tsx'
import { messagesOptions } from './console-query.ts'
import { SearchField } from './search-field.tsx'

type Message = z.output<typeof messageRow>
const EVERY_MS = 2000
const DIRECTIONS = ['in', 'out'] as const

/** What the charger and we said to each other, newest first. Renewed while it is watched; holding it keeps a line in its place. */
export function MessageLog({ charger }: { charger: string }) {
  const depot = useDepot()
  const [words, search] = useQueryState('search', parseAsString.withDefault(''))
  const [mode, setMode] = useState<'live' | 'held'>('live')
  const [direction, choose] = useQueryState('direction', parseAsStringLiteral(DIRECTIONS))
  const query = useInfiniteQuery(messagesOptions(charger, { search: words, direction }, mode === 'live' ? EVERY_MS : false))
  const { data, error, refetch } = query
  const rows = data?.pages.flatMap(({ items }) => items) ?? []
  const names = namesOf(rows)
  return (
    <Question title="What was said?" className="px-4 py-4 md:px-6">
      <div className="my-2 flex flex-wrap items-center gap-3">
        <SearchField label="Search messages" words={words} search={(to) => void search(to || null)} />
        <Segmented
          label="Who said it"
          value={direction ?? 'both'}
          onChange={(to) => void choose(to === 'both' ? null : to)}
          segments={[
            { value: 'both', label: 'Both' },
            { value: 'in', label: '← Charger' },
            { value: 'out', label: '→ We' },
          ]}
        />
        <Segmented
          label="Renewal"
          value={mode}
          onChange={setMode}
          segments={[
            { value: 'live', label: 'Live' },
            { value: 'held', label: 'Paused' },
          ]}
        />
        {error && data && <span className="text-label text-serious-text">The server does not answer: this is what it said last.</span>}
      </div>
      {data ? (
        rows.length === 0 ? (
          <EmptyState title={words ? 'No message holds these words' : direction ? 'No such message yet' : 'No message yet'}>
            {words ? 'Action, message id, payload and note are searched.' : 'The first one comes when the charger connects.'}
          </EmptyState>
        ) : (
          <>
            <ol aria-label="Messages, newest first">
              {rows.map((message) => (
                <Line key={message.id} message={message} name={names.get(message.messageId)} zone={depot.zone} />
              ))}
            </ol>
            <More query={query} shown={rows.length} noun="message" />
          </>
        )
      ) : error ? (
        <ErrorState title="The messages cannot be shown" detail={error.message} retry={() => void refetch()} />
      ) : (
        <SkeletonLines lines={12} label="Loading the messages" />
      )}
    </Question>
  )
}

const TYPES: Record<string, { in: string; out: string }> = {
  call: { in: 'charger asks', out: 'we ask' },
  result: { in: 'charger answers', out: 'we answer' },
  error: { in: 'charger answers: error', out: 'we answer: error' },
}

/** An answer carries only the id of its question: its name is the question's. */
const namesOf = (rows: readonly Message[]): Map<string, string> =>
  new Map(rows.flatMap(({ messageId, action }) => (action === null ? [] : [[messageId, action]])))

function Line({
  message: { at, direction, type, action, messageId, payload, note },
  name,
  zone,
}: {
  message: Message
  name: string | undefined
  zone: string
}) {
  return (
    <li className="border-line border-t">
      <details>
        <summary className="grid min-h-(--target) grid-cols-[auto_132px_minmax(0,1fr)] items-center gap-x-3 py-1 hover:bg-hover">
          <time className="whitespace-nowrap text-ink-3" title={dayText(at, zone)}>
            {clockWithSeconds(at, zone)}
          </time>
          <span className="whitespace-nowrap text-ink-2">
            <b aria-hidden="true" className="mr-1.5 inline-block w-4 font-semibold text-ink">
              {direction === 'in' ? '←' : '→'}
            </b>
            {TYPES[type.toLowerCase()]?.[direction] ?? type}
          </span>
          <span className="truncate">
            <b className="font-semibold">{action ?? name ?? messageId}</b> <span className="text-ink-3">{JSON.stringify(payload)}</span>
            {note && <span className="ml-2 text-serious-text">{note}</span>}
          </span>
        </summary>
        <p className="text-ink-2 text-note">
          {dayText(at, zone)} · message id {messageId}
          {note && ` · ${note}`}
        </p>
        <Json value={payload} />
      </details>
    </li>
  )
}
