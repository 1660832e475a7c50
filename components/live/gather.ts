/** What is dear to ask (key figures over a month) is asked at most this often; all else as soon as a moment's changes are together. */
const GATHER_MS = 400
const DEAR_MS = 5_000

export type Gather = { add(keys: string[]): void; stop(): void }

/**
 * Gathers keys of queries and asks each again once: dear ones at most once in five seconds, the last change never lost. What is being asked is
 * waited for: changes that come faster than an answer would else break it off again and again, and nothing would ever be shown.
 */
export function makeGather(
  ask: (key: string) => Promise<unknown>,
  isDear: (key: string) => boolean,
  now: () => number = () => performance.now(),
): Gather {
  const due = new Set<string>()
  const askedAt = new Map<string, number>()
  const asking = new Set<string>()
  let stopped = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const waitOf = (key: string) => (isDear(key) ? Math.max(0, (askedAt.get(key) ?? Number.NEGATIVE_INFINITY) + DEAR_MS - now()) : 0)
  const plan = () => {
    if (stopped) return
    timer ??= setTimeout(() => {
      timer = undefined
      for (const key of [...due]) {
        if (waitOf(key) > 0 || asking.has(key)) continue
        due.delete(key)
        askedAt.set(key, now())
        asking.add(key)
        void ask(key).finally(() => {
          asking.delete(key)
          if (due.has(key)) plan()
        })
      }
      // a dear one that waits must not hold up the next others; what is being asked plans when it is answered
      if ([...due].some((key) => !asking.has(key))) plan()
    }, GATHER_MS)
  }
  return {
    add(keys) {
      for (const key of keys) due.add(key)
      if (due.size > 0) plan()
    },
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
