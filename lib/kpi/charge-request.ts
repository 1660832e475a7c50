import type { Instant } from '#lib/time/instant.ts'

// The record of KPI 1 (docs/kpis.md, availability): one attempt to get energy, what was seen of it, and how it counts.

export const sources = ['plug_in', 'authorize', 'remote_start', 'dispatch', 'reservation'] as const
export type RequestSource = (typeof sources)[number]

export type Counts = 'success' | 'failure' | 'excluded'

/** Every outcome, how it counts, and the words for it. */
export const OUTCOMES = {
  STARTED_IN_SLA: { counts: 'success', words: 'Started in time' },
  STARTED_LATE: { counts: 'failure', words: 'Started late' },
  FAILED_CHARGER: { counts: 'failure', words: 'Charger failed' },
  FAILED_COMMS: { counts: 'failure', words: 'Charger not reachable' },
  FAILED_BACKEND: { counts: 'failure', words: 'Our system failed' },
  FAILED_AUTH_SYSTEM: { counts: 'failure', words: 'Valid card refused' },
  NO_FREE_PORT: { counts: 'failure', words: 'No free port' },
  HELD_BY_CAP: { counts: 'failure', words: 'Held by the power limit' },
  UNKNOWN: { counts: 'failure', words: 'Unknown cause' },
  AUTH_DENIED: { counts: 'excluded', words: 'Card not allowed' },
  NO_TOKEN: { counts: 'excluded', words: 'Nobody asked' },
  NOT_PLUGGED: { counts: 'excluded', words: 'Not plugged in' },
  VEHICLE: { counts: 'excluded', words: 'Vehicle did not take energy' },
  USER_CANCEL: { counts: 'excluded', words: 'Cancelled by the user' },
  PLANNED_MAINT: { counts: 'excluded', words: 'Planned maintenance' },
  UTILITY_OUTAGE: { counts: 'excluded', words: 'Grid outage' },
  TEST: { counts: 'excluded', words: 'Test' },
} as const satisfies Record<string, { counts: Counts; words: string }>
export type Outcome = keyof typeof OUTCOMES

export const countsOf = (outcome: Outcome): Counts => OUTCOMES[outcome].counts

/** Where on the way to energy an attempt failed. */
export type Stage = 'plug' | 'authorise' | 'command' | 'start' | 'energy'

/** What was seen, with the words that the drill-down shows. */
export type Evidence = { at: Instant; kind: EvidenceKind; text: string }
export type EvidenceKind =
  /** A truly blocked, expired or unknown token, or one in use elsewhere. */
  | 'denied'
  /** A token that we hold valid was refused. */
  | 'wronglyDenied'
  | 'fault'
  | 'offline'
  /** A command that the charger did not get or refused. */
  | 'notDelivered'
  | 'refused'
  | 'backend'
  | 'noPort'
  /** The vehicle says no: suspended by it, or full. */
  | 'vehicle'
  /** The plan or a limit holds it at 0. */
  | 'held'
  /** Power seen (before or after the charger named a transaction). */
  | 'power'
  | 'stoppedByUser'
  | 'stopped'
  | 'shortStop'
  | 'unplugged'
  | 'test'
  | 'maintenance'
  | 'outage'
  | 'note'

export type Attempt = {
  id: string
  visitId: string
  /** max(plugged, asked): the clock of the attempt. */
  requestedAt: Instant
  pluggedAt: Instant | null
  askedAt: Instant | null
  /** The charger named an accepted transaction. */
  acceptedAt: Instant | null
  /** When the plan promised energy, if it deferred it. */
  promisedAt: Instant | null
  poweredAt: Instant | null
  endedAt: Instant | null
  evidence: Evidence[]
}

export type Classed = { outcome: Outcome; stageFailed: Stage | null }
