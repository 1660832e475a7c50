'use client'
import Link from 'next/link'
import type { CheckLineView } from '#lib/api/compatibility.ts'
import { clockWithSeconds } from '#lib/format/time.ts'
import { useDepotZone } from '../ui/depot-clock.tsx'
import { Status } from '../ui/status.tsx'
import { Table } from '../ui/table.tsx'
import { useHref } from '../ui/use-href.ts'

/** A check line by line: what was tried, what was seen, and the messages that show it. */
export function CheckLines({ lines, charger }: { lines: readonly CheckLineView[]; charger: string }) {
  const zone = useDepotZone()
  return (
    <Table<CheckLineView>
      caption="What was tried"
      className="mt-2"
      rows={lines}
      rowKey={({ id }) => id}
      empty={<p className="py-2 text-ink-2">Nothing was tried yet.</p>}
      columns={[
        {
          name: 'Tried',
          header: true,
          className: '[overflow-wrap:anywhere] md:min-w-44',
          cell: ({ title, says, evidence }) => (
            <>
              {title}
              <span className="block font-normal text-ink-2 md:hidden">{says}</span>
              {evidence.length > 0 && (
                <span className="block font-normal md:hidden">
                  <Messages evidence={evidence} charger={charger} />
                </span>
              )}
            </>
          ),
        },
        { name: 'Result', className: 'whitespace-nowrap', cell: ({ mark, word }) => <Status kind={mark} word={word} /> },
        { name: 'Seen', wideOnly: true, className: 'min-w-64 [overflow-wrap:anywhere]', cell: ({ says }) => says },
        {
          name: 'Messages',
          wideOnly: true,
          className: 'whitespace-nowrap',
          cell: ({ evidence }) => <Messages evidence={evidence} charger={charger} />,
        },
        { name: 'At', wideOnly: true, className: 'whitespace-nowrap', cell: ({ at }) => clockWithSeconds(at, zone) },
      ]}
    />
  )
}

const SHOWN = 3

/** Questions and what came by itself; each leads to its place in the message log, where its answer stands beside it. */
function Messages({ evidence, charger }: { evidence: CheckLineView['evidence']; charger: string }) {
  const href = useHref()
  const questions = evidence.filter(({ messageId }, i) => evidence.findIndex((each) => each.messageId === messageId) === i)
  if (questions.length === 0) return <span className="text-ink-3">–</span>
  const link = (row: CheckLineView['evidence'][number], n: number) => (
    <Link
      key={row.id}
      href={href(`/chargers/${encodeURIComponent(charger)}`, { view: 'messages', search: row.messageId })}
      className="mr-3 inline-flex min-h-6 items-center underline underline-offset-[3px]"
      aria-label={`${row.action}, message ${n + 1}, in the message log`}
    >
      {row.action}
    </Link>
  )
  if (questions.length <= SHOWN) return questions.map(link)
  return (
    <details>
      <summary>
        {questions.length} messages <span className="text-ink-3">from {questions[0]!.action}</span>
      </summary>
      <span className="flex max-w-72 flex-wrap whitespace-normal">{questions.map(link)}</span>
    </details>
  )
}
