import { lackingOf, type Schedule, setSteps, stepsFree } from './schedule.ts'

type Run = { from: number; until: number; steps: number; price: number }

/** What a vehicle lacks of `wanted` is had by raising whole runs, the cheapest first, by as little as is enough: no period more, hardly a higher peak. */
export const liftRuns = (schedule: Schedule, v: number, wanted: number, price: ArrayLike<number>): void => {
  const { stepW, spanMs, maxSteps, need } = schedule.board.seats[v]!
  if (need.taper) return
  for (const { from, until, steps } of runsOf(schedule, v, price)) {
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

const runsOf = ({ steps }: Schedule, v: number, price: ArrayLike<number>): Run[] => {
  const row = steps[v]!
  const runs: Run[] = []
  for (let from = 0; from < row.length; ) {
    let until = from + 1
    let sum = price[from]!
    while (until < row.length && row[until] === row[from]) sum += price[until++]!
    if (row[from]! > 0) runs.push({ from, until, steps: row[from]!, price: sum / (until - from) })
    from = until
  }
  return runs.sort((a, b) => a.price - b.price || b.until - b.from - (a.until - a.from) || a.from - b.from)
}
