import type { RecordedEvent } from '#lib/charging/event.ts'
import type { LiveEvent } from '#lib/live/event.ts'
import type { Log } from '../log.ts'
import type { Feed, Recorded } from '../runtime.ts'

/** A bus inside one process: listeners never throw into the publisher. */
function makeBus<T>(log: Log): { publish(said: T): void; subscribe(listener: (said: T) => void): () => void } {
  const listeners = new Set<(said: T) => void>()
  return {
    publish(said) {
      for (const listener of listeners) {
        try {
          listener(said)
        } catch (error) {
          log.error({ err: error }, 'a listener failed')
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export const makeFeed = (log: Log): Feed => makeBus<LiveEvent>(log)
export const makeRecorded = (log: Log): Recorded => makeBus<RecordedEvent[]>(log)
