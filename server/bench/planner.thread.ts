import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { firstAnswer } from '#lib/planning/first-answer.ts'
import type { PlanningInput } from '#lib/planning/input.ts'
import { type Planned, timed } from './planner.measure.ts'

// Safe plans are made by a thread that does nothing else and lives as long as the gateway (server/planning/first-worker.ts): it has answered
// events before, and nothing between two of them runs other code in it.

/** Rounds of the events before: a depot has more on any day. */
const ROUNDS = 6

type Asked = { before: PlanningInput[]; inputs: PlanningInput[] }
type Answered = { answered: number[]; planned: Planned[] }

/** Safe plans by a new thread that answers `before` some times first; also what each of these took, CPU ms. */
export const inThread = async (before: PlanningInput[], inputs: PlanningInput[]): Promise<[number[], Planned[]]> => {
  const worker = new Worker(new URL(import.meta.url))
  try {
    const { answered, planned } = await new Promise<Answered>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.postMessage({ before, inputs } satisfies Asked)
    })
    return [answered, planned]
  } finally {
    await worker.terminate()
  }
}

if (!isMainThread)
  parentPort?.on('message', ({ before, inputs }: Asked) => {
    const rounds = Array.from({ length: ROUNDS }, () => before).flat()
    const answered = rounds.map((input) => timed(input, firstAnswer).tookMs)
    parentPort?.postMessage({ answered, planned: inputs.map((input) => timed(input, firstAnswer)) } satisfies Answered)
  })
