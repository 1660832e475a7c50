import type { Instant } from '#lib/time/instant.ts'
import { type Attempt, type Counts, countsOf, type Outcome } from './charge-request.ts'
import { classify } from './classify.ts'
import { ENOUGH, wilson } from './interval.ts'

/** The share that must start in time, percent. */
export const AVAILABILITY_TARGET = 98
/** More than this share of excluded requests is shown in amber, so that exclusions cannot hide failures. */
const EXCLUDED_ALARM = 0.05

/** An attempt with its stored class (null: open). */
export type ClassedAttempt = Attempt & { outcome: Outcome | null }
/** A visit: attempts that belong together, and how it counts. */
export type Visit<A extends ClassedAttempt = ClassedAttempt> = { id: string; requestedAt: Instant; outcome: Outcome | null; attempts: A[] }

export type Availability = {
  /** Percent; null when nothing is eligible. */
  value: number | null
  successes: number
  eligible: number
  excluded: number
  open: number
  /** Per attempt without merging retries, percent. */
  first: number | null
  /** 95 %, in percent. */
  interval: [number, number] | null
  /** Of all classed visits. */
  excludedShare: number
  excludedAlarm: boolean
  enough: boolean
  met: boolean
  byOutcome: Partial<Record<Outcome, number>>
}

/**
 * Attempts → visits. The visit's clock starts with its first attempt: a retry that starts in time for itself may still be late for the
 * visit. `strict`: only energy counts, the plan's promise does not.
 */
export function visitsOf<A extends ClassedAttempt>(attempts: A[], slaMs: number, now: Instant, strict = false): Visit<A>[] {
  const byVisit = Map.groupBy(attempts, ({ visitId }) => visitId)
  return [...byVisit].map(([id, unsorted]) => {
    const all = unsorted.sort((a, b) => a.requestedAt - b.requestedAt)
    const requestedAt = all[0]!.requestedAt
    return { id, requestedAt, outcome: visitOutcome(all, requestedAt, slaMs, now, strict), attempts: all }
  })
}

function visitOutcome(all: ClassedAttempt[], requestedAt: Instant, slaMs: number, now: Instant, strict: boolean): Outcome | null {
  const outcomes = all.map((attempt) => {
    if (attempt.outcome === null) return null
    if (all.length === 1 && !strict) return attempt.outcome
    // only a start depends on the clock; other classes stay as they were stored
    const isStart = attempt.outcome === 'STARTED_IN_SLA' || attempt.outcome === 'STARTED_LATE'
    return isStart ? (classify({ ...attempt, requestedAt }, now, slaMs, strict)?.outcome ?? null) : attempt.outcome
  })
  if (outcomes.includes('STARTED_IN_SLA')) return 'STARTED_IN_SLA'
  return outcomes.at(-1) ?? null
}

/** KPI 1 over visits: numerators and denominators are pooled, percentages never averaged. */
export function availabilityOf(visits: Visit[]): Availability {
  const counted = (how: Counts) => visits.filter(({ outcome }) => outcome !== null && countsOf(outcome) === how).length
  const successes = counted('success')
  const excluded = counted('excluded')
  const eligible = successes + counted('failure')
  const tries = visits.flatMap(({ attempts }) => attempts).filter(({ outcome }) => outcome !== null && countsOf(outcome) !== 'excluded')
  const byOutcome: Partial<Record<Outcome, number>> = {}
  for (const { outcome } of visits) if (outcome) byOutcome[outcome] = (byOutcome[outcome] ?? 0) + 1
  const range = eligible > 0 ? wilson(successes, eligible) : null
  const excludedShare = eligible + excluded > 0 ? excluded / (eligible + excluded) : 0
  return {
    value: eligible > 0 ? (100 * successes) / eligible : null,
    successes,
    eligible,
    excluded,
    open: visits.length - eligible - excluded,
    first: tries.length > 0 ? (100 * tries.filter(({ outcome }) => outcome === 'STARTED_IN_SLA').length) / tries.length : null,
    interval: range && [100 * range[0], 100 * range[1]],
    excludedShare,
    excludedAlarm: excludedShare > EXCLUDED_ALARM,
    enough: eligible >= ENOUGH,
    // in whole numbers, so that 97.96 is not "98.0, met"
    met: eligible > 0 && 100 * successes >= AVAILABILITY_TARGET * eligible,
    byOutcome,
  }
}
