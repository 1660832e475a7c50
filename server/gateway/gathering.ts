import type { RecordedEvent } from '#lib/charging/event.ts'

/**
 * For a room that asks the database about what it hears: one event is looked at at once, and those that are recorded meanwhile come to it
 * together. So a storm costs it one question after the other, not one connection per event.
 * @returns takes events; a promise where that began a run, which ends when nothing waits any more.
 */
export function makeGathering(work: (events: RecordedEvent[]) => Promise<unknown>): (events: RecordedEvent[]) => Promise<void> | undefined {
  let waiting: RecordedEvent[] = []
  let running = false

  async function run(): Promise<void> {
    running = true
    let failed: { error: unknown } | undefined
    while (waiting.length > 0) {
      const events = waiting
      waiting = []
      try {
        await work(events)
      } catch (error) {
        // what came meanwhile is another matter
        failed = { error }
      }
      await new Promise((soon) => setTimeout(soon, GATHER_MS))
    }
    running = false
    if (failed) throw failed.error
  }

  return (events) => {
    for (const event of events) waiting.push(event)
    return running ? undefined : run()
  }
}

/** So long the next ones are let gather: real ms. */
const GATHER_MS = 10
