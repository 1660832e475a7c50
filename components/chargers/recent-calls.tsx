'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { CallRow } from '#lib/api/v1-charger.ts'
import { clockWithSeconds, dayText } from '#lib/format/time.ts'
import { actorWords } from '#lib/live/journal-words.ts'
import { Button } from '../ui/button.tsx'
import { useDepot } from '../ui/depot.tsx'
import { More } from '../ui/more.tsx'
import { Question } from '../ui/question.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { ErrorState } from '../ui/states.tsx'
import { Status } from '../ui/status.tsx'
import { Json } from './asked-of.tsx'
import { toldWord } from './call-told.tsx'
import { callsOptions } from './console-query.ts'

/** What was called here before, by whom, and what came of it; each can be taken up again. */
export function RecentCalls({ charger, again }: { charger: string; again: (call: CallRow) => void }) {
  const query = useInfiniteQuery(callsOptions(charger))
  const { data, error, refetch } = query
  const rows = data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <Question title="What was called before?">
      {data ? (
        rows.length === 0 ? (
          <p className="text-ink-2">Nothing yet.</p>
        ) : (
          <>
            <ol aria-label="Calls, newest first" className="mt-2">
              {rows.map((row) => (
                <Line key={row.commandId} row={row} again={again} />
              ))}
            </ol>
            <More query={query} shown={rows.length} noun="call" />
          </>
        )
      ) : error ? (
        <ErrorState title="The calls cannot be shown" detail={error.message} retry={() => void refetch()} />
      ) : (
        <SkeletonLines lines={3} label="Loading the calls" />
      )}
    </Question>
  )
}

function Line({ row, again }: { row: CallRow; again: (call: CallRow) => void }) {
  const { zone } = useDepot()
  const { at, action, actor, answer, payload, state } = row
  return (
    <li className="border-line border-t">
      <details>
        <summary className="flex min-h-(--target) flex-wrap items-center gap-x-3 py-1 hover:bg-hover">
          <time className="whitespace-nowrap text-ink-3" title={dayText(at, zone)}>
            {clockWithSeconds(at, zone)}
          </time>
          <b className="font-semibold">{action}</b>
          {answer ? <Status {...toldWord(answer)} /> : <Status kind="standby" word={state} />}
        </summary>
        <p className="text-ink-2 text-note">
          {dayText(at, zone)} · by {actorWords(actor)}
          {answer?.reason && ` · ${answer.reason}`}
        </p>
        <Json value={payload} />
        {answer?.response !== null && answer?.response !== undefined && <Json value={answer.response} />}
        <Button className="mb-2" onClick={() => again(row)}>
          Take it up again
        </Button>
      </details>
    </li>
  )
}
