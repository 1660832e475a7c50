import { type Run, runsOf } from './periods.ts'
import { lackingOf, type Schedule, setSteps, stepsFree } from './schedule.ts'

/** What a vehicle lacks of `wanted` is had by raising whole runs, the cheapest first, by as little as is enough: no period more, hardly a higher peak. */
export const liftRuns = (schedule: Schedule, v: number, wanted: number, price: ArrayLike<number>): void => {
  const { stepW, spanMs, maxSteps, need } = schedule.board.seats[v]!
  if (need.taper || lackingOf(schedule, v, wanted) <= 0) return
  for (const { from, until, steps } of byPrice(schedule, v, price)) {
    const lacking = lackingOf(schedule, v, wanted)
    if (lacking <= 0) return
    let most = maxSteps
    let ms = 0
    for (let t = from; t < until && most > steps; t += 1) {
      most = Math.min(most, stepsFree(schedule, v, t))
      ms += spanMs[t]!
    }
    let higher = steps
    while (higher < most && (stepW[higher]! - stepW[steps]!) * ms < lacking) higher += 1
    if (higher > steps) for (let t = from; t < until; t += 1) setSteps(schedule, v, t, higher)
  }
}

/** Runs in which it charges, the cheapest first, of equals the longest. */
const byPrice = ({ steps }: Schedule, v: number, price: ArrayLike<number>): Run[] => {
  const priceOf = ({ from, until }: Run) => {
    let sum = 0
    for (let t = from; t < until; t += 1) sum += price[t]!
    return sum / (until - from)
  }
  const priced = runsOf(steps[v]!).flatMap((run) => (run.steps > 0 ? [{ run, price: priceOf(run) }] : []))
  priced.sort((a, b) => a.price - b.price || b.run.until - b.run.from - (a.run.until - a.run.from) || a.run.from - b.run.from)
  return priced.map(({ run }) => run)
}
