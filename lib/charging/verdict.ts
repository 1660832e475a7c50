import type { Instant } from '#lib/time/instant.ts'
import type { Verdict } from './event.ts'

/** What decides about a token. */
export type TokenFacts = {
  kind: string
  status: string
  expiresAt: Instant | undefined
  /** The token has a live session on another port. */
  busyElsewhere: boolean
}

/**
 * May this token charge? Unknown → invalid. One card serves one vehicle at a time, so a card that is busy elsewhere is refused;
 * `central` tokens stand for the depot itself and are never busy. (1.6 §7.2: ConcurrentTx is an answer to StartTransaction only.)
 */
export const verdictOf = (token: TokenFacts | undefined, now: Instant): Verdict => {
  if (!token) return 'invalid'
  if (token.status !== 'accepted') return 'blocked'
  if (token.expiresAt !== undefined && token.expiresAt <= now) return 'expired'
  return token.busyElsewhere && token.kind !== 'central' ? 'concurrent' : 'accepted'
}

/** idTags are compared without case (1.6 §7.15); stored in upper case. */
export const sameTag = (idTag: string): string => idTag.trim().toUpperCase()
