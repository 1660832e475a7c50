import type { ChargerAnswer } from '../runtime.ts'

/** One CALL to a charger. `send` writes the frame and resolves with its answer; `slot`: a newer call for the same slot takes its place. */
export type Outgoing = {
  priority: 'stop' | 'limit' | 'read'
  slot?: string
  deadlineMs: number
  send(timeoutMs: number): Promise<ChargerAnswer>
}

export type Outbox = { push(call: Outgoing): Promise<ChargerAnswer>; close(): void; size(): number }

type Queued = Outgoing & { answer: (answer: ChargerAnswer) => void; until: number; timer: NodeJS.Timeout }

const RANK = { stop: 0, limit: 1, read: 2 }
/** A charger that does not answer holds up its own next call by this, and nobody else's. */
const LONGEST_WAIT_MS = 20_000
const MOST_QUEUED = 200
const BUSY = 'An earlier call still waits for the charger’s answer, so this one was not sent. Ask again in a moment.'

/**
 * The calls that wait for one charger's socket: one in flight at a time (OCPP-J §4.1.1), stops before limits before reads, only the newest
 * limit of a port, each with a deadline. A call that never left when the socket closes or its time is over is `offline`, and says when the charger was there.
 */
export function makeOutbox(now: () => number): Outbox {
  const queue: Queued[] = []
  let busy = false
  let closed = false

  const settle = (call: Queued, answer: ChargerAnswer) => {
    const index = queue.indexOf(call)
    if (index >= 0) queue.splice(index, 1)
    clearTimeout(call.timer)
    call.answer(answer)
  }

  function push(call: Outgoing): Promise<ChargerAnswer> {
    if (closed) return Promise.resolve({ kind: 'offline' })
    if (call.deadlineMs <= 0) return Promise.resolve({ kind: 'offline', why: 'Its time was over before it could be sent.' })
    if (queue.length >= MOST_QUEUED) return Promise.resolve({ kind: 'offline', why: BUSY })
    const { promise, resolve } = Promise.withResolvers<ChargerAnswer>()
    if (call.slot !== undefined) for (const older of queue.filter(({ slot }) => slot === call.slot)) settle(older, { kind: 'superseded' })
    const queued: Queued = {
      ...call,
      answer: resolve,
      until: now() + call.deadlineMs,
      timer: setTimeout(() => settle(queued, { kind: 'offline', why: BUSY }), call.deadlineMs),
    }
    queued.timer.unref()
    const behind = queue.findIndex(({ priority }) => RANK[priority] > RANK[call.priority])
    queue.splice(behind < 0 ? queue.length : behind, 0, queued)
    void next()
    return promise
  }

  async function next() {
    if (busy || closed) return
    const call = queue.shift()
    if (!call) return
    busy = true
    clearTimeout(call.timer)
    try {
      call.answer(await call.send(Math.max(1, Math.min(LONGEST_WAIT_MS, call.until - now()))))
    } catch {
      call.answer({ kind: 'lost' })
    }
    busy = false
    void next()
  }

  return {
    push,
    size: () => queue.length,
    close() {
      closed = true
      for (const call of [...queue]) settle(call, { kind: 'offline' })
    },
  }
}
