import { plus, seconds } from '#lib/time/instant.ts'
import type { Payload } from './frame.ts'
import type { Outcome } from './link.ts'
import type { Queued } from './memory.ts'
import { count, isAccepted, messageId, NO_TRANSACTION, type Station } from './station.ts'

// Transaction messages wait in the flash, leave in order, and stay there until answered (§3.7, errata: the transaction-related
// messages). A retry has the same id and the same content.

const MOST_QUEUED = 2_000

export function enqueue(station: Station, action: string, payload: Payload, transaction: number): void {
  const { queue } = station.memory
  queue.push({ id: messageId(), action, payload, transaction, attempts: 0 })
  if (queue.length > MOST_QUEUED) dropASample(queue)
  void pump(station)
}

/** News that must not be lost although nobody listens now: firmware states, security events. */
export const tellSurely = (station: Station, action: string, payload: Payload): void => enqueue(station, action, payload, NO_TRANSACTION)

/** Sends what waits, one by one, as long as answers come. */
export async function pump(station: Station): Promise<void> {
  if (station.pumping) return
  station.pumping = true
  try {
    for (let head = next(station); head; head = next(station)) {
      const payload = named(station, head)
      const outcome = await station.link.call(head.id, head.action, payload)
      // a reboot that forgets may have emptied the queue meanwhile
      if (station.memory.queue[0] !== head) continue
      if (!settle(station, head, payload, outcome)) return
    }
  } finally {
    station.pumping = false
    station.changed()
  }
}

const next = (station: Station): Queued | undefined => {
  const mayRetry = station.retryAt === undefined || station.at >= station.retryAt
  return isAccepted(station) && mayRetry ? station.memory.queue[0] : undefined
}

/** The central system's number of the transaction, or −1 for a Stop whose Start was never answered. */
function named(station: Station, { action, payload, transaction }: Queued): Payload {
  if (action === 'StartTransaction') return payload
  const transactionId = station.memory.named[transaction]
  if (transactionId !== undefined) return { ...payload, transactionId }
  return action === 'StopTransaction' ? { ...payload, transactionId: -1 } : payload
}

/** True when the next message may leave. */
function settle(station: Station, head: Queued, payload: Payload, outcome: Outcome): boolean {
  const { memory } = station
  if (outcome.kind === 'closed') return false
  if (outcome.kind === 'timeout') {
    // no answer is no failure: it is sent until answered
    station.retryAt = plus(station.at, seconds(count(station, 'TransactionMessageRetryInterval')))
    return false
  }
  const isForTransaction = head.transaction !== NO_TRANSACTION
  if (outcome.kind === 'error' && isForTransaction && ++head.attempts < count(station, 'TransactionMessageAttempts')) {
    station.retryAt = plus(station.at, seconds(head.attempts * count(station, 'TransactionMessageRetryInterval')))
    return false
  }
  station.retryAt = undefined
  memory.queue.shift()
  if (outcome.kind === 'result') station.answered(head, payload, outcome.payload)
  if (head.action === 'StopTransaction') delete memory.named[head.transaction]
  return true
}

/** Too long offline: intermediate samples go first (§3.7.1), never a Start or a Stop. */
function dropASample(queue: Queued[]): void {
  const oldest = queue.findIndex((message, i) => i > 0 && message.action === 'MeterValues')
  if (oldest > 0) queue.splice(oldest, 1)
}
