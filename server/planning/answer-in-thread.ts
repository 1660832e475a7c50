import { parentPort } from 'node:worker_threads'
import type { PlanningInput } from '#lib/planning/input.ts'
import type { Plan } from '#lib/planning/plan-result.ts'

/** Answers what a planner's thread is asked (`threadPlanner`). */
export const answerInThread = (make: (input: PlanningInput) => Plan): void => {
  parentPort?.on('message', (input: PlanningInput) => {
    const started = performance.now()
    try {
      parentPort?.postMessage({ plan: make(input), tookMs: performance.now() - started })
    } catch (error) {
      parentPort?.postMessage({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
}
