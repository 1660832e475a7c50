import type { Mark } from '#lib/api/words.ts'
import { days, type Instant } from '#lib/time/instant.ts'

/** What is known of a connection's protection. `onThisMachine`: both ends are one machine, so that nobody else can listen. */
export type Protection = {
  everConnected: boolean
  onThisMachine: boolean
  protected: boolean
  /** Nobody proves who it is. */
  noAuth: boolean
  /** Real time. */
  certificateEndsAt: Instant | null
}

/** A certificate that ends sooner than this is news (R16). */
export const CERTIFICATE_SOON_MS = days(30)

/** Mark and word of a connection: open to listeners or without proof of who it is is critical, a certificate near its end serious (R16). `now`: real time. */
export function connectionVerdict(link: Protection, now: Instant): { mark: Mark; word: string } {
  if (!link.everConnected) return { mark: 'off', word: 'Never connected' }
  if (link.noAuth) return { mark: 'critical', word: 'Nobody proves who it is' }
  if (!link.protected && !link.onThisMachine) return { mark: 'critical', word: 'Without TLS' }
  if (link.certificateEndsAt !== null) {
    const left = Math.floor((link.certificateEndsAt - now) / days(1))
    if (link.certificateEndsAt <= now) return { mark: 'critical', word: 'Certificate has ended' }
    if (link.certificateEndsAt - now < CERTIFICATE_SOON_MS) return { mark: 'serious', word: `Certificate ends in ${left} days` }
  }
  return link.protected ? { mark: 'normal', word: 'Protected' } : { mark: 'standby', word: 'On this machine only' }
}
