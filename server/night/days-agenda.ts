import { type Instant, plus } from '#lib/time/instant.ts'

/** What is still to come, in the order of time; of two at one moment the one that was put there first. */
export type Agenda = ReturnType<typeof makeAgenda>

export function makeAgenda(start: Instant) {
  const queue: { at: Instant; do: () => void }[] = []
  let now = start
  const when = (at: Instant, then: () => void): void => {
    let i = queue.length
    while (i > 0 && queue[i - 1]!.at > at) i -= 1
    queue.splice(i, 0, { at, do: then })
  }
  return {
    now: (): Instant => now,
    when,
    after: (ms: number, then: () => void): void => when(plus(now, ms), then),
    /** Lives until `until`; `between` is told each stretch of time in which nothing happens. */
    live(until: Instant, between: (from: Instant, to: Instant) => Instant): void {
      while (queue.length > 0 && queue[0]!.at < until) {
        const next = queue.shift()!
        while (now < next.at) now = between(now, next.at)
        next.do()
      }
    },
  }
}
