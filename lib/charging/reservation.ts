import type { ReservationState } from '#lib/api/reservation.ts'
import { nearText } from '#lib/format/time.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Zone } from '#lib/time/zone.ts'

/** It holds a port, or may: a charger that did not answer may keep it. */
export const OPEN_STATES = ['asked', 'accepted', 'unknown'] as const satisfies readonly ReservationState[]
export const isOpen = (state: string): boolean => OPEN_STATES.some((each) => each === state)

/** What a charger's refusal of ReserveNow means (OCPP 1.6 §7.42), and what to do. */
const REFUSALS: Record<string, string> = {
  Occupied: 'The port is occupied or reserved already. Choose another, or wait until it is free.',
  Faulted: 'The port reports a fault. Look at the charger.',
  Unavailable: 'The port is out of service. Put it into service first.',
  Rejected: 'The charger is not set to take reservations.',
  NotSupported: 'The charger does not know reservations.',
  NotImplemented: 'The charger does not know reservations.',
}
export const refusalWords = (status: string): string => REFUSALS[status] ?? `The charger refused: ${status}.`

export type ReservationFacts = { state: string; reason: string | null; expiresAt: Instant; whom: string; bay: string | null }

/** What a reservation is, in a sentence. `whom`: the vehicle, else the card. */
export function reservationWords({ state, reason, expiresAt, whom, bay }: ReservationFacts, now: Instant, zone: Zone): string {
  const where = bay === null ? 'Any port' : `Bay ${bay}`
  const until = nearText(expiresAt, now, zone)
  switch (state) {
    case 'asked':
      return `The charger is asked to keep ${where.toLowerCase()} for ${whom}.`
    case 'accepted':
      return `${where} is kept for ${whom} until ${until}.`
    case 'unknown':
      return reason ?? 'The charger did not answer: it may keep the port. It is cancelled when the charger answers again.'
    case 'used':
      return reason ?? `${whom} came and charged.`
    case 'expired':
      return `${whom} did not come until ${until}.`
    case 'cancelled':
      return reason ?? 'Cancelled.'
    default:
      return reason ?? 'The charger refused it.'
  }
}
