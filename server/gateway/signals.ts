import type { RecordedEvent } from '#lib/charging/event.ts'
import type { LiveEvent } from '#lib/live/event.ts'
import type { Log } from '../log.ts'
import type { Feed, Recorded } from '../runtime.ts'

/** A bus inside one process: listeners never throw into the publisher. */
function makeBus<T>(log: Log) {
  const listeners = new Set<(said: T) => void>()
  return {
    publish(said: T) {
      for (const listener of listeners) {
        try {
          listener(said)
        } catch (error) {
          log.error({ err: error }, 'a listener failed')
        }
      }
    },
    subscribe(listener: (said: T) => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

export function makeFeed(log: Log): Feed {
  const bus = makeBus<LiveEvent>(log)
  const watching = new Set<(depotId: string) => boolean>()
  return {
    publish: bus.publish,
    subscribe(listener, watches = () => true) {
      const unsubscribe = bus.subscribe(listener)
      watching.add(watches)
      return () => {
        watching.delete(watches)
        unsubscribe()
      }
    },
    watched: (depotId) => [...watching].some((watches) => watches(depotId)),
  }
}

export const makeRecorded = (log: Log): Recorded => makeBus<RecordedEvent[]>(log)
