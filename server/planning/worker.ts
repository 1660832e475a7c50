// The planner's own thread: a long plan never delays a charger's message.
import { parentPort } from 'node:worker_threads'
import type { PlanningInput } from '#lib/planning/input.ts'
import { plan } from '#lib/planning/plan.ts'

parentPort?.on('message', ({ id, input }: { id: number; input: PlanningInput }) => {
  const started = performance.now()
  try {
    parentPort?.postMessage({ id, plan: plan(input), tookMs: performance.now() - started })
  } catch (error) {
    parentPort?.postMessage({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
})
