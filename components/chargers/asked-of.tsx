import type { ActOutcome } from '#lib/api/charger.ts'
import type { StatusKind } from '../ui/mark.tsx'
import { Status } from '../ui/status.tsx'
import type { Outcome } from './charger-query.ts'

const WORDS: Record<ActOutcome['outcome'], { kind: StatusKind; word: string }> = {
  accepted: { kind: 'normal', word: 'Accepted' },
  scheduled: { kind: 'standby', word: 'Scheduled' },
  refused: { kind: 'serious', word: 'Refused' },
  timeout: { kind: 'serious', word: 'No answer' },
  offline: { kind: 'serious', word: 'Offline' },
}

/** What was asked last and what came of it, in words; stays until the next. */
export function AskedOf({ outcome, pending }: { outcome: Outcome | null; pending: string | null }) {
  return (
    <div role="status" aria-live="polite">
      {pending !== null ? (
        <p className="border-line border-b px-4 py-2.5 text-ink-2 md:px-6">{pending}: the charger is asked…</p>
      ) : outcome === null ? null : (
        <div className="border-line border-b px-4 py-2.5 md:px-6">
          <p className="flex flex-wrap items-baseline gap-x-3">
            <b className="font-semibold">{outcome.asked}</b>
            {outcome.kind === 'failed' ? <Status kind="serious" word="Not sent" /> : <Status {...WORDS[outcome.answer.outcome]} />}
            <span>{outcome.kind === 'failed' ? outcome.detail : outcome.answer.detail}</span>
          </p>
          {outcome.kind === 'answered' && hasMore(outcome.answer.response) && (
            <details>
              <summary className="text-ink-2 text-label">Its answer, word for word</summary>
              <Json value={outcome.answer.response} />
            </details>
          )}
        </div>
      )}
    </div>
  )
}

const hasMore = (response: unknown): boolean => typeof response === 'object' && response !== null && Object.keys(response).length > 0

/** A payload as it was sent. */
export function Json({ value }: { value: unknown }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard (axe: scrollable-region-focusable)
    <pre tabIndex={0} className="my-1 max-h-80 overflow-auto rounded-mark bg-sunken p-2 font-mono text-note">
      {JSON.stringify(value, null, 2)}
    </pre>
  )
}
