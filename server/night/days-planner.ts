import { firstAnswer } from '#lib/planning/first-answer.ts'
import type { PlanningInput } from '#lib/planning/input.ts'
import { plan } from '#lib/planning/plan.ts'
import type { Plan } from '#lib/planning/plan-result.ts'

// The planner in two tiers, as server/planning/two-tiers.ts and server/planning/replanner.ts have it, in the days' own time: how long a
// refined plan takes is drawn, so that other things happen before it is there.

/** Nobody waits longer for a refined plan: server/planning/two-tiers.ts. */
const PATIENCE_MS = 150

export type PlanCounts = { refined: number; safe: number; thrownAway: number }

/**
 * `ask` puts the question as it stands; `follow` makes a plan the one in force; `tookMs` draws how long the next refined plan takes.
 */
export function makeDaysPlanner({
  ask,
  follow,
  after,
  tookMs,
}: {
  ask(): PlanningInput
  follow(made: Plan): void
  after(ms: number, then: () => void): void
  tookMs(): number
}) {
  const counts: PlanCounts = { refined: 0, safe: 0, thrownAway: 0 }
  let newest: PlanningInput | undefined
  /** A question is with the planner. */
  let busy = false
  const refined = (input: PlanningInput) => {
    counts.refined += 1
    follow(plan(input))
  }
  const safe = (input: PlanningInput) => {
    counts.safe += 1
    follow(firstAnswer(input))
  }
  const begin = (input: PlanningInput, isEvent: boolean) => {
    const ms = tookMs()
    if (ms <= PATIENCE_MS) return refined(input)
    busy = true
    // what nobody asked for but the clock goes on as it was planned
    if (isEvent) safe(input)
    after(ms, () => {
      busy = false
      if (newest === input) return refined(input)
      // something happened since: it is of an older question
      counts.thrownAway += 1
      newest = ask()
      begin(newest, false)
    })
  }
  return {
    counts,
    /** Something happened. */
    event(): void {
      newest = ask()
      if (busy) safe(newest)
      else begin(newest, true)
    },
    /** Some minutes went by. */
    routine(): void {
      if (busy) return
      newest = ask()
      begin(newest, false)
    },
  }
}
