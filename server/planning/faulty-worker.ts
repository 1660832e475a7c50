// For tests: a planner's thread that does not do what it should. The policy of the input says how.
import { parentPort } from 'node:worker_threads'
import type { PlanningInput } from '#lib/planning/input.ts'
import { plan } from '#lib/planning/plan.ts'

parentPort?.on('message', (input: PlanningInput) => {
  if (input.policy === 'cheapest') for (;;) {} // hangs: nothing but an end from outside stops it
  if (input.policy === 'greenest') process.exit(1)
  parentPort?.postMessage({ plan: plan(input), tookMs: 0 })
})
