'use client'
import type { z } from 'zod'
import type { limitRow } from '#lib/api/charger.ts'
import { limitText } from '#lib/format/energy.ts'
import { clockWithSeconds, nearText } from '#lib/format/time.ts'
import { useDepotNow, useDepotZone } from '../ui/depot-clock.tsx'
import type { StatusKind } from '../ui/mark.tsx'
import { Question } from '../ui/question.tsx'
import { Status } from '../ui/status.tsx'
import { Table } from '../ui/table.tsx'

type Limit = z.output<typeof limitRow>

const OUTCOMES: Record<string, { kind: StatusKind; word: string }> = {
  accepted: { kind: 'normal', word: 'Accepted' },
  pending: { kind: 'standby', word: 'Sent, no answer yet' },
  refused: { kind: 'serious', word: 'Refused' },
  timeout: { kind: 'serious', word: 'No answer' },
  lost: { kind: 'caution', word: 'Lost on the way' },
}

/** The limits sent, newest first: what, when, and whether it was accepted and counts. */
export function Limits({ limits }: { limits: readonly Limit[] }) {
  const zone = useDepotZone()
  const now = useDepotNow(30_000)
  const when = (at: number | null) =>
    at === null ? '–' : Math.abs(now - at) < 43_200_000 ? clockWithSeconds(at, zone) : nearText(at, now, zone)
  return (
    <Question title="Which limits was it sent?" className="px-4 py-4 md:px-6">
      <Table<Limit>
        caption="Limits sent"
        className="mt-2"
        rows={limits}
        rowKey={({ id }) => id}
        empty={<p className="py-2 text-ink-2">None yet. The first one follows as soon as the charger is set up.</p>}
        columns={[
          { name: 'Sent', header: true, className: 'whitespace-nowrap', cell: ({ sentAt }) => when(sentAt) },
          { name: 'Port', cell: ({ port }) => port },
          { name: 'For', className: 'whitespace-nowrap', cell: ({ kind }) => (kind === 'fallback' ? 'when alone' : 'this session') },
          { name: 'Limit', className: 'min-w-40', cell: ({ steps }) => <Steps steps={steps} zone={zone} now={now} /> },
          { name: 'Outcome', cell: ({ outcome }) => <Status {...(OUTCOMES[outcome] ?? { kind: 'off', word: outcome })} /> },
          { name: 'Answered', wideOnly: true, className: 'whitespace-nowrap', cell: ({ answeredAt }) => when(answeredAt) },
          { name: 'Counts from', wideOnly: true, className: 'whitespace-nowrap', cell: ({ countsAt }) => when(countsAt) },
          { name: 'Because', wideOnly: true, cell: ({ reason }) => reason ?? '' },
        ]}
      />
    </Question>
  )
}

const SHOWN = 2

function Steps({ steps, zone, now }: { steps: Limit['steps']; zone: string; now: number }) {
  const words = steps.map(({ from, limitW }) =>
    from === null ? limitText(limitW) : `${limitText(limitW)} from ${nearText(from, now, zone)}`,
  )
  if (words.length <= SHOWN) return words.join(', ')
  return (
    <details>
      <summary>
        {words.slice(0, SHOWN).join(', ')} <span className="text-ink-3">and {words.length - SHOWN} more</span>
      </summary>
      {words.slice(SHOWN).join(', ')}
    </details>
  )
}
