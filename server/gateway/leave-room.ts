import { performance } from 'node:perf_hooks'

/** Resolves when this process has time for what nobody waits for: for one after the other, each in a turn of the event loop of its own. */
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
  const waiting: (() => void)[] = []
  const next = () => {
    waiting.shift()?.()
    // an immediate of an immediate comes after the sockets were looked at
    if (waiting.length > 0) setImmediate(next)
  }
  return async () => {
    const until = performance.now() + MOST_MS
    look()
    while (share > CROWDED && performance.now() < until) {
      await new Promise((soon) => setTimeout(soon, LOOK_EVERY_MS))
      look()
    }
    // each may hold up the others for milliseconds: what came in is answered between two of them, however many wait
    await new Promise<void>((begin) => {
      if (waiting.push(begin) === 1) setImmediate(next)
    })
  }
}

/** Tests and tools: nothing is put off. */
export const roomForAll: LeaveRoom = async () => {}
