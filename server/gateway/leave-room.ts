import { performance } from 'node:perf_hooks'

/** Resolves when this process has time for what nobody waits for. */
export type LeaveRoom = () => Promise<void>

/** Above this share of its time the process is busy answering. */
const CROWDED = 0.8
const LOOK_EVERY_MS = 50
/** What follows a message must follow, however much is said: plans and limits after so long at the latest (real ms). */
const MOST_MS = 1500

/**
 * Answers to chargers go before what follows them: in a storm of thousands, plans, passes, the setting up of chargers and the sums are put off a
 * little, each time anew. What a person or the safety of a site waits for does not come this way.
 */
export function makeLeaveRoom(): LeaveRoom {
  let last = performance.eventLoopUtilization()
  let lastAt = performance.now()
  let share = 0
  const look = () => {
    if (performance.now() - lastAt < LOOK_EVERY_MS) return
    const now = performance.eventLoopUtilization()
    share = performance.eventLoopUtilization(now, last).utilization
    last = now
    lastAt = performance.now()
  }
  return async () => {
    const until = performance.now() + MOST_MS
    look()
    while (share > CROWDED && performance.now() < until) {
      await new Promise((soon) => setTimeout(soon, LOOK_EVERY_MS))
      look()
    }
  }
}

/** Tests and tools: nothing is put off. */
export const roomForAll: LeaveRoom = async () => {}
