import type { CallAnswer } from '#lib/api/v1-charger.ts'
import type { StatusKind } from '../ui/mark.tsx'
import { Status } from '../ui/status.tsx'
import { Json } from './asked-of.tsx'

type Told = Omit<CallAnswer, 'commandId'>

/** What came of a call, in words, and the charger's answer word for word. */
export function CallTold({ answer, failed, pending }: { answer: Told | undefined; failed: Error | null; pending: boolean }) {
  return (
    <div role="status" aria-live="polite" className="min-w-0">
      {pending ? (
        <p className="text-ink-2">The charger is asked; it has up to half a minute.</p>
      ) : failed ? (
        <p className="flex flex-wrap items-baseline gap-x-3">
          <Status kind="serious" word="Not sent" />
          <span className="min-w-0 break-words">{failed.message}</span>
        </p>
      ) : answer ? (
        <>
          <p className="flex flex-wrap items-baseline gap-x-3">
            <Status {...toldWord(answer)} />
            {answer.reason && <span className="min-w-0 break-words">{answer.reason}</span>}
          </p>
          {answer.note && <p className="text-ink-2">{answer.note}</p>}
          {answer.response !== null && answer.response !== undefined && <Json value={answer.response} />}
        </>
      ) : null}
    </div>
  )
}

/** Statuses with which a charger says no. */
const NO = ['Rejected', 'NotSupported', 'NotImplemented', 'Failed', 'UnlockFailed', 'VersionMismatch', 'Occupied', 'Faulted', 'Unavailable']

export function toldWord({ outcome, by, response }: Told): { kind: StatusKind; word: string } {
  switch (outcome) {
    case 'answered': {
      const status = typeof response === 'object' && response !== null && 'status' in response ? response.status : undefined
      if (typeof status !== 'string') return { kind: 'normal', word: 'Answered' }
      return { kind: NO.includes(status) ? 'caution' : 'normal', word: `Answered: ${status}` }
    }
    case 'refused':
      return { kind: 'serious', word: by === 'charger' ? 'Error from the charger' : 'Refused, not sent' }
    case 'timeout':
      return { kind: 'serious', word: 'No answer' }
    case 'offline':
      return { kind: 'serious', word: 'Offline, not sent' }
  }
}
