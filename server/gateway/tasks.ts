import type { Log } from '../log.ts'

/** Work that nobody waits for: what fails is logged, and it is known whether anything is under way. */
export type Tasks = ReturnType<typeof makeTasks>

export function makeTasks(log: Log) {
  const under = new Set<Promise<unknown>>()
  let closed = false
  return {
    /** Resolves when the work has ended, however. */
    run(what: string, work: Promise<unknown>): Promise<unknown> {
      const done = work
        .catch((error) => {
          if (!closed) log.error({ err: error }, `${what} failed`)
        })
        .finally(() => under.delete(done))
      under.add(done)
      return done
    },
    any: (): boolean => under.size > 0,
    /** Until those that are under way now have ended. */
    ended: (): Promise<unknown> => Promise.allSettled([...under]),
    closed: (): boolean => closed,
    /** What fails from now on is told nobody: the process goes. */
    close() {
      closed = true
    },
  }
}
