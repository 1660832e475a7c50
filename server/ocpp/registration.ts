import type { Registration } from '#lib/api/provisioning.ts'
import { isOfTransaction, triggeredBy, whyNotSend } from '#lib/ocpp/registration16.ts'
import { type Instant, minutes, seconds } from '#lib/time/instant.ts'
import type { RecordCtx } from '../charging/recording.ts'
import type { KnownCharger } from '../store/charger.ts'

/** When each rejected charger was last told to wait: it outlives its sockets. */
export type Rejections = Map<string, Instant>

/**
 * `serve`: as usual. `keep`: of a transaction, from a charger that is not accepted: recorded, and flagged for a person. `refuse`: answered
 * with a SecurityError. `drop`: it asks again before its interval is over, and gets no answer.
 */
export type Verdict = 'serve' | 'keep' | 'refuse' | 'drop'

export type RegistrationGate = ReturnType<typeof makeRegistrationGate>

/** What one socket's charger may say and be told, by its registration (OCPP 1.6 §4.2). */
export function makeRegistrationGate(ctx: Pick<RecordCtx, 'clock'>, charger: KnownCharger, rejections: Rejections) {
  /** Messages that we asked for, until when (monotonic ms). */
  const awaited = new Map<string, number>()
  const registration = () => charger.registration as Registration

  function tooSoon(): boolean {
    const last = rejections.get(charger.id)
    // its clock need not run exactly as ours
    const waitMs = seconds(charger.registrationRetryS) * 0.9 - 1000
    return last !== undefined && ctx.clock.now() - last < waitMs
  }

  return {
    verdict(action: string, payload: Record<string, unknown>): Verdict {
      switch (registration()) {
        case 'accepted':
          return 'serve'
        case 'pending':
          if (action === 'BootNotification' || (awaited.get(action) ?? Number.NEGATIVE_INFINITY) > ctx.clock.monotonic()) return 'serve'
          return isOfTransaction(action, payload) ? 'keep' : 'refuse'
        case 'rejected':
          if (action !== 'BootNotification') return 'refuse'
          return tooSoon() ? 'drop' : 'serve'
      }
    },
    /** A BootNotification was answered: with the registration as it is in the books. */
    answered() {
      if (registration() === 'rejected') rejections.set(charger.id, ctx.clock.now())
      else rejections.delete(charger.id)
    },
    whyNotSend: (action: string): string | undefined => whyNotSend(registration(), action),
    /** Written down before the call leaves: what it triggers may arrive together with its answer. */
    asked(action: string, payload: Record<string, unknown>) {
      if (registration() !== 'pending') return
      const forMs = action.endsWith('TriggerMessage') ? TRIGGERED_MS : REPORTS_MS
      for (const message of triggeredBy(action, payload)) awaited.set(message, ctx.clock.monotonic() + forMs)
    },
    /** It refused: what it says of this it says by itself. */
    refused(action: string, payload: Record<string, unknown>) {
      for (const message of triggeredBy(action, payload)) awaited.delete(message)
    },
  }
}

const TRIGGERED_MS = minutes(1)
/** An upload or an update reports for as long as it takes. */
const REPORTS_MS = minutes(24 * 60)
