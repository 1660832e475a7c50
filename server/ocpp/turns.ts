/** Work of one charger, one piece after the other; a piece that fails does not stop the next. `work` fails as its promise, and does not throw. */
export function makeTurns() {
  const waiting: (() => void)[] = []
  let busy = false

  // no promise of its own: where nothing waits, a turn costs the message no more than its work
  function begin<Result>(work: () => Promise<Result>): Promise<Result> {
    busy = true
    const done = work()
    done.then(next, next)
    return done
  }
  function next() {
    const following = waiting.shift()
    if (following) following()
    else busy = false
  }

  return {
    take: <Result>(work: () => Promise<Result>): Promise<Result> =>
      busy ? new Promise((done, failed) => waiting.push(() => begin(work).then(done, failed))) : begin(work),
    /** How many wait for theirs. */
    waiting: () => waiting.length,
  }
}
