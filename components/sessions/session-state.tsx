import type { SessionRow } from '#lib/api/session.ts'
import { reviewOf, stopReasonWords } from '#lib/charging/review-words.ts'
import { Status } from '../ui/status.tsx'

/** How a session stands: running, ended and why, or to be looked at. */
export function SessionState({ session }: { session: SessionRow }) {
  const { state } = reviewOf(session)
  if (state === 'review') return <Status kind="caution" word="To review" />
  if (session.stoppedAt === null) return <Status kind="normal" word="Running" />
  return <span className="text-ink-2">Ended: {stopReasonWords(session.stopReason) ?? 'no reason told'}</span>
}
