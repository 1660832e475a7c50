/** Work of one charger, one piece after the other; a piece that fails does not stop the next. */
export function makeTurns() {
  const waiting: (() => void)[] = []
  let busy = false
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (busy) await new Promise<void>((turn) => waiting.push(turn))
    busy = true
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else busy = false
    }
  }
}
