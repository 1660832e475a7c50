import { Worker } from 'node:worker_threads'
import type { PlanningInput } from '#lib/planning/input.ts'
import { plan } from '#lib/planning/plan.ts'
import type { Plan } from '#lib/planning/plan-result.ts'

/** Asks the planner: pure, but maybe long. */
export type Planner = { plan(input: PlanningInput): Promise<{ plan: Plan; tookMs: number }>; close(): Promise<void> }

/** The planner in a thread of its own. A thread that dies is started anew; what it was asked fails. */
export function threadPlanner(): Planner {
  const asked = new Map<number, { done(answer: { plan: Plan; tookMs: number }): void; failed(error: Error): void }>()
  let next = 0
  let worker: Worker | undefined
  let closed = false
  const start = (): Worker => {
    const fresh = new Worker(new URL('./worker.ts', import.meta.url))
    fresh.unref()
    fresh.on('message', ({ id, error, ...answer }: { id: number; error?: string; plan: Plan; tookMs: number }) => {
      const waiting = asked.get(id)
      asked.delete(id)
      if (error === undefined) waiting?.done(answer)
      else waiting?.failed(new Error(`the planner failed: ${error}`))
    })
    const gone = (error?: Error) => {
      if (worker === fresh) worker = undefined
      for (const waiting of asked.values()) waiting.failed(error ?? new Error('the planner ended'))
      asked.clear()
    }
    fresh.on('error', gone)
    fresh.on('exit', () => gone())
    return fresh
  }
  return {
    plan: (input) =>
      new Promise((done, failed) => {
        if (closed) return failed(new Error('the planner is closed'))
        worker ??= start()
        asked.set(++next, { done, failed })
        worker.postMessage({ id: next, input })
      }),
    async close() {
      closed = true
      await worker?.terminate()
    },
  }
}

/** The planner in this thread: tests. */
export const directPlanner = (): Planner => ({
  plan: async (input) => {
    const started = performance.now()
    return { plan: plan(input), tookMs: performance.now() - started }
  },
  close: async () => {},
})
