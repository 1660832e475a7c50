import type { PlanningInput } from '#lib/planning/input.ts'
import type { Plan } from '#lib/planning/plan-result.ts'
import type { Planner } from './planner.ts'

export type Refined = { plan: Plan; tookMs: number }
/** What came of a question after its asker stopped waiting. */
export type Late = { input: PlanningInput; answer: Refined | Error }
/** `late`: the planner is still at it, with this question or an older one of the depot. */
export type Asked = { kind: 'refined'; answer: Refined } | { kind: 'late' } | { kind: 'failed'; error: Error }

export type Tiers = {
  /** Waits for a refined plan, but never longer than nobody notices. */
  ask(depotId: string, input: PlanningInput): Promise<Asked>
  /** Is this the newest question that was asked about the depot? */
  isNewest(depotId: string, input: PlanningInput): boolean
  /** Is a question about the depot with the planner? */
  busy(depotId: string): boolean
  /** Until no question is with the planner. */
  idle(): Promise<void>
}

/**
 * Real ms. In CPU ms of one thread a refined plan on 96 slots takes 63, 72, 202 and 955 for 20, 60, 200 and 1,000 vehicles, a safe one 3, 8, 15
 * and 123 (medians of real nights, an hour after the plan before). A safe plan costs a commit and maybe a write to a charger more, so depots
 * up to some hundred vehicles are spared it, and nobody waits for a large depot's plan.
 */
const PATIENCE_MS = 150

/**
 * The planner in two tiers (source: spec "planner", re-plan in two tiers): who asks gets the refined plan where it comes in time. Where it does not,
 * `arrived` is told when it comes, or failed. A depot has one question with the planner at a time: a newer one makes what comes of it old.
 */
export function makeTiers(
  planner: Planner,
  { arrived, patienceMs = PATIENCE_MS }: { arrived(depotId: string, late: Late): void; patienceMs?: number },
): Tiers {
  const withPlanner = new Map<string, Promise<void>>()
  const newest = new Map<string, PlanningInput>()
  /** Depots whose last plan took longer than anybody waits: the next one is not waited for at all. */
  const slow = new Set<string>()
  return {
    async ask(depotId, input) {
      newest.set(depotId, input)
      if (withPlanner.has(depotId)) return { kind: 'late' }
      let waits = true
      const asked = planner.plan(input).then(
        (answer): Asked => ({ kind: 'refined', answer }),
        (error: unknown): Asked => ({ kind: 'failed', error: error instanceof Error ? error : new Error(String(error)) }),
      )
      const begun = performance.now()
      const over = asked.then((came) => {
        withPlanner.delete(depotId)
        if (performance.now() - begun > patienceMs) slow.add(depotId)
        else slow.delete(depotId)
        if (!waits && came.kind !== 'late') arrived(depotId, { input, answer: came.kind === 'refined' ? came.answer : came.error })
      })
      withPlanner.set(depotId, over)
      const late = Promise.withResolvers<Asked>()
      const giveUp = () => {
        waits = false
        late.resolve({ kind: 'late' })
      }
      const timeout = setTimeout(giveUp, slow.has(depotId) ? 0 : patienceMs)
      const first = await Promise.race([asked, late.promise])
      clearTimeout(timeout)
      return first
    },
    isNewest: (depotId, input) => newest.get(depotId) === input,
    busy: (depotId) => withPlanner.has(depotId),
    async idle() {
      while (withPlanner.size > 0) await Promise.all(withPlanner.values())
    },
  }
}
