import { Worker } from 'node:worker_threads'
import { firstAnswer } from '#lib/planning/first-answer.ts'
import type { PlanningInput } from '#lib/planning/input.ts'
import { plan } from '#lib/planning/plan.ts'
import type { Plan } from '#lib/planning/plan-result.ts'

/** Asks the planner: pure, but maybe long. */
export type Planner = { plan(input: PlanningInput): Promise<{ plan: Plan; tookMs: number }>; close(): Promise<void> }

/** A plan that takes longer (real ms) is given up: it would be out of date, and the thread may hang. */
const DEADLINE_MS = 20_000

type Question = { input: PlanningInput; done(answer: { plan: Plan; tookMs: number }): void; failed(error: Error): void }

/**
 * The planner in a thread of its own, which has one question in hand at a time. A thread that dies, or does not answer in time, is started anew
 * for the next question; the one in hand fails, and that depot's last plan stays in force. `warm`: started now, so that the first question need
 * not wait for it.
 */
export function threadPlanner({ script = new URL('./worker.ts', import.meta.url), deadlineMs = DEADLINE_MS, warm = false } = {}): Planner {
  const queue: Question[] = []
  let inHand: { question: Question; timer: NodeJS.Timeout } | undefined
  let worker: Worker | undefined
  let closed = false
  const take = (): Question | undefined => {
    const taken = inHand
    inHand = undefined
    clearTimeout(taken?.timer)
    return taken?.question
  }
  const next = () => {
    if (inHand || closed) return
    const question = queue.shift()
    if (!question) return
    worker ??= start()
    const mine = worker
    // from now: a question that waited for others had no time of its own yet
    const timer = setTimeout(() => end(mine, new Error(`the planner did not answer within ${deadlineMs / 1000} s`)), deadlineMs)
    timer.unref()
    inHand = { question, timer }
    mine.postMessage(question.input)
  }
  /** The thread is gone, or given up: what it had in hand fails, the others are for the next one. */
  const end = (of: Worker, error: Error) => {
    if (worker !== of) return
    worker = undefined
    void of.terminate()
    take()?.failed(error)
    next()
  }
  const start = (): Worker => {
    const fresh = new Worker(script)
    fresh.unref()
    fresh.on('message', ({ error, ...answer }: { error?: string; plan: Plan; tookMs: number }) => {
      if (worker !== fresh) return
      const question = take()
      if (error === undefined) question?.done(answer)
      else question?.failed(new Error(`the planner failed: ${error}`))
      next()
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
        queue.push({ input, done, failed })
        next()
      }),
    async close() {
      closed = true
      const last = worker
      worker = undefined
      for (const { failed } of [take(), ...queue.splice(0)].filter((each) => each !== undefined)) failed(new Error('the planner is closed'))
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
