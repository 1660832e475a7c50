/** What is dear to ask (key figures over a month) is asked at most this often; all else as soon as a moment's changes are together. */
const GATHER_MS = 400
const DEAR_MS = 5_000

export type Gather = { add(keys: string[]): void; stop(): void }

/** Gathers keys of queries and asks each again once: dear ones at most once in five seconds, the last change never lost. */
export function makeGather(
  ask: (key: string) => void,
  isDear: (key: string) => boolean,
  now: () => number = () => performance.now(),
): Gather {
  const due = new Set<string>()
  const askedAt = new Map<string, number>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const waitOf = (key: string) => (isDear(key) ? Math.max(0, (askedAt.get(key) ?? Number.NEGATIVE_INFINITY) + DEAR_MS - now()) : 0)
  const plan = () => {
    timer ??= setTimeout(() => {
      timer = undefined
      for (const key of [...due]) {
        if (waitOf(key) > 0) continue
        due.delete(key)
        askedAt.set(key, now())
        ask(key)
      }
      // a dear one that waits must not hold up the next others
      if (due.size > 0) plan()
    }, GATHER_MS)
  }
  return {
    add(keys) {
      for (const key of keys) due.add(key)
      if (due.size > 0) plan()
    },
    stop: () => clearTimeout(timer),
  }
}
