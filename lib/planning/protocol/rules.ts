import type { Instant } from '#lib/time/instant.ts'
import { answered, confirmedSince, confirms, mayFollow, sentLimit } from '../books.ts'
import type { DepotFacts } from '../depot-facts.ts'
import { withReading } from '../port-holding.ts'
import { steer } from '../steer.ts'

/** What decides: the very functions that run in the gateway. A mutation puts another one in the place of one of them. */
export type Rules = {
  steer: typeof steer
  mayFollow: typeof mayFollow
  answered: typeof answered
  confirms: typeof confirms
  confirmedSince: typeof confirmedSince
  sentLimit: typeof sentLimit
  withReading: typeof withReading
  /** What is known before it is decided. */
  facts: (facts: DepotFacts) => DepotFacts
  /** As of when an accepted fallback is confirmed. */
  confirmedAt: (sentAt: Instant, answeredAt: Instant) => Instant
  /** Written down before it leaves, or when it is answered. */
  writtenAhead: boolean
  /** The nameplate counts until a charger that took its fallback has had the time to follow it. */
  fallbackSettles: boolean
}

export const RULES: Rules = {
  steer,
  mayFollow,
  answered,
  confirms,
  confirmedSince,
  sentLimit,
  withReading,
  facts: (facts) => facts,
  confirmedAt: (sentAt) => sentAt,
  writtenAhead: true,
  fallbackSettles: true,
}
