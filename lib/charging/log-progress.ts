import type { Heard } from './firmware-progress.ts'

// What becomes of a log or diagnostics that a charger was asked for: from its notifications, and from the file that arrives.

export const logStates = ['asked', 'refused', 'unknown', 'uploading', 'uploaded', 'failed', 'cancelled'] as const
export type LogState = (typeof logStates)[number]

const ENDED: ReadonlySet<LogState> = new Set(['refused', 'unknown', 'uploaded', 'failed', 'cancelled'])
export const logEnded = (state: LogState): boolean => ENDED.has(state)

/** `here`: the file is complete with us. `elsewhere`: it goes to an address of the caller's own. `missing`: it is not (all) here. `refused`: by us. */
export type Arrived = 'here' | 'elsewhere' | 'missing' | 'refused'

const moved = (state: LogState, detail: string | null = null): Heard<LogState> => ({ kind: 'moved', state, detail })

const FAILURES: Record<string, string> = {
  UploadFailed: 'The charger could not send the file. Look whether it reaches this server, then ask again.',
  UploadFailure: 'The charger could not send the file. Look whether it reaches this server, then ask again.',
  BadMessage: 'The charger did not understand the request.',
  NotSupportedOperation: 'The charger cannot send files this way.',
  PermissionDenied: 'The charger was not let in where it should send the file.',
}

/** A status of the charger (DiagnosticsStatusNotification, LogStatusNotification). Its word that all was sent is checked against what arrived. */
export function hearLog(state: LogState, status: string, arrived: Arrived): Heard<LogState> {
  // why it failed is known here, whatever the charger makes of our answer
  if (arrived === 'refused' && state === 'failed') return { kind: 'repeated' }
  const over = state === 'cancelled' || state === 'uploaded'
  switch (status) {
    case 'Idle':
      return state === 'uploading' ? moved('unknown', 'The charger says that it is not sending anything.') : { kind: 'nothing' }
    case 'Uploading':
      if (state === 'uploading') return { kind: 'repeated' }
      return over ? { kind: 'late' } : moved('uploading')
    case 'Uploaded':
      if (state === 'uploaded') return { kind: 'repeated' }
      if (state === 'cancelled') return { kind: 'late' }
      return arrived === 'missing'
        ? moved('failed', 'The charger says that it sent the file, but it did not arrive here.')
        : moved('uploaded')
    default: {
      const failure = FAILURES[status]
      if (over || !failure) return { kind: 'late' }
      return state === 'failed' ? { kind: 'repeated' } : moved('failed', failure)
    }
  }
}

/** What came was not kept, for this reason: the request ends with it, and can be asked again. */
export const fileRefused = (state: LogState, reason: string): Heard<LogState> =>
  state === 'cancelled' || state === 'uploaded' ? { kind: 'late' } : moved('failed', reason)

/** The bytes themselves: whatever was said before, what arrives is being sent, and what is here was sent. */
export function fileTells(state: LogState, file: 'begun' | 'complete'): Heard<LogState> {
  if (state === 'cancelled') return { kind: 'late' }
  const to: LogState = file === 'complete' ? 'uploaded' : 'uploading'
  return state === to || state === 'uploaded' ? { kind: 'repeated' } : moved(to)
}
