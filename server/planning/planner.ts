import { Worker } from 'node:worker_threads'
import { firstAnswer } from '#lib/planning/first-answer.ts'
import type { PlanningInput } from '#lib/planning/input.ts'
import { plan } from '#lib/planning/plan.ts'
import type { Plan } from '#lib/planning/plan-result.ts'

/** Asks the planner: pure, but maybe long. */
export type Planner = { plan(input: PlanningInput): Promise<{ plan: Plan; tookMs: number }>; close(): Promise<void> }

/** A plan that takes longer (real ms) is given up: it would be out of date, and the thread may hang. */
const DEADLINE_MS = 20_000

type Waiting = { done(answer: { plan: Plan; tookMs: number }): void; failed(error: Error): void; cancel(): void }

/**
 * The planner in a thread of its own. A thread that dies, or does not answer in time, is started anew for the next question; what it was
 * asked fails, and the last plan stays in force. `warm`: started now, so that the first question need not wait for it.
 */
export function threadPlanner({ script = new URL('./worker.ts', import.meta.url), deadlineMs = DEADLINE_MS, warm = false } = {}): Planner {
  const asked = new Map<number, Waiting>()
  let next = 0
  let worker: Worker | undefined
  let closed = false
  const take = (id: number): Waiting | undefined => {
    const waiting = asked.get(id)
    asked.delete(id)
    waiting?.cancel()
    return waiting
  }
  /** The thread is gone, or given up: nobody waits for it any longer. */
  const end = (of: Worker, error: Error) => {
    if (worker !== of) return
    worker = undefined
    for (const id of [...asked.keys()]) take(id)?.failed(error)
    void of.terminate()
  }
  const start = (): Worker => {
    const fresh = new Worker(script)
    fresh.unref()
    fresh.on('message', ({ id, error, ...answer }: { id: number; error?: string; plan: Plan; tookMs: number }) => {
      const waiting = take(id)
      if (error === undefined) waiting?.done(answer)
      else waiting?.failed(new Error(`the planner failed: ${error}`))
    })
    fresh.on('error', (error) => end(fresh, error instanceof Error ? error : new Error(String(error))))
    fresh.on('exit', () => end(fresh, new Error('the planner ended')))
    return fresh
  }
  if (warm) worker = start()
  return {
    plan: (input) =>
      new Promise((done, failed) => {
        if (closed) return failed(new Error('the planner is closed'))
        worker ??= start()
        const mine = worker
        const timer = setTimeout(() => end(mine, new Error(`the planner did not answer within ${deadlineMs / 1000} s`)), deadlineMs)
        timer.unref()
        asked.set(++next, { done, failed, cancel: () => clearTimeout(timer) })
        worker.postMessage({ id: next, input })
      }),
    async close() {
      closed = true
      const last = worker
      if (last) end(last, new Error('the planner is closed'))
      await last?.terminate()
    },
  }
}

/** The planner's first answers, in a thread that waits for no refined plan. One that takes longer (real ms) than a safe plan may is given up. */
export const firstThread = (): Planner =>
  threadPlanner({ script: new URL('./first-worker.ts', import.meta.url), deadlineMs: 5_000, warm: true })

const inThisThread = (make: (input: PlanningInput) => Plan): Planner => ({
  plan: async (input) => {
    const started = performance.now()
    return { plan: make(input), tookMs: performance.now() - started }
  },
  close: async () => {},
})
/** The planner in this thread: tests. */
export const directPlanner = (): Planner => inThisThread(plan)
/** Its first answers in this thread: tests. */
export const directFirst = (): Planner => inThisThread(firstAnswer)
