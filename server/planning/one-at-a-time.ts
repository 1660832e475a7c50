/**
 * Runs `work` for a key one after the other. A call while one runs gets a run that begins after it; calls that wait share that run.
 * Errors go to `failed` and to whoever waits.
 */
export type OneAtATime<T> = { run(key: string): Promise<T>; busy(): boolean; idle(): Promise<void> }

export function oneAtATime<T>(work: (key: string) => Promise<T>, failed: (key: string, error: unknown) => void): OneAtATime<T> {
  const running = new Map<string, Promise<T>>()
  const waiting = new Map<string, Promise<T>>()
  const start = (key: string): Promise<T> => {
    const run = work(key).finally(() => {
      if (running.get(key) === run) running.delete(key)
    })
    running.set(key, run)
    run.catch((error) => failed(key, error))
    return run
  }
  return {
    run(key) {
      const next = waiting.get(key)
      // also in the moment between the end of one run and the start of the one that waits for it
      if (next) return next
      const now = running.get(key)
      if (!now) return start(key)
      const after = now
        .catch(() => {})
        .then(() => {
          waiting.delete(key)
          return start(key)
        })
      waiting.set(key, after)
      return after
    },
    busy: () => running.size + waiting.size > 0,
    async idle() {
      while (running.size + waiting.size > 0) await Promise.allSettled([...running.values(), ...waiting.values()])
    },
  }
}

/** At most `most` pieces of work at a time, the others in the order in which they came. */
export function makeGate(most: number) {
  const waiting: (() => void)[] = []
  let running = 0
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= most) await new Promise<void>((turn) => waiting.push(turn))
    else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}

/** Work that people ask for by a key (a depot): one piece at a time for each, and only so many may wait for it. */
export type Turns = { run<T>(key: string, work: () => Promise<T>): Promise<T> }

/** @throws (from `run`) what `refused` makes, where too many wait already */
export function makeTurns(mostWaiting: number, refused: () => Error): Turns {
  const gates = new Map<string, { gate: ReturnType<typeof makeGate>; inside: number }>()
  return {
    async run(key, work) {
      const mine = gates.get(key) ?? { gate: makeGate(1), inside: 0 }
      if (mine.inside > mostWaiting) throw refused()
      gates.set(key, mine)
      mine.inside += 1
      try {
        return await mine.gate(work)
      } finally {
        mine.inside -= 1
        if (mine.inside === 0) gates.delete(key)
      }
    },
  }
}
