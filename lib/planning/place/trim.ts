import { energyOf, lackingOf, type Schedule, setSteps } from '../schedule.ts'

/** What whole steps give a vehicle beyond what it is to have, W·ms, is taken off again where power is dearest and the seat charges at more than its least. */
export const trim = (schedule: Schedule, v: number, wanted: number, price: ArrayLike<number>): void => {
  const seat = schedule.board.seats[v]!
  const { stepW, spanMs, minSteps, maxSteps, need } = seat
  if (need.taper) return
  const row = schedule.steps[v]!
  let surplus = energyOf(schedule, v) - wanted
  const perStep = stepW[maxSteps]! / maxSteps
  // a single step for the whole of its last slot
  const least = perStep * Math.min(schedule.board.slotMs, schedule.board.firstSpanMs) * 0.5
  while (surplus > least) {
    let best = -1
    for (let t = row.length - 1; t >= 0; t -= 1) {
      const k = row[t]!
      if (k === 0) continue
      const isEnd = !(row[t + 1]! > 0) || !(row[t - 1]! > 0)
      const whole = stepW[k]! * spanMs[t]!
      if (k <= minSteps ? !(isEnd && whole <= surplus) : perStep * spanMs[t]! * 0.5 > surplus) continue
      // the dearest, of equals an end of a run, of those the last
      if (
        best < 0 ||
        price[t]! > price[best]! ||
        (price[t] === price[best] && isEnd && (row[best + 1] ?? 0) > 0 && (row[best - 1] ?? 0) > 0)
      )
        best = t
    }
    if (best < 0) return
    const k = row[best]!
    const off = Math.max(1, Math.floor(surplus / (perStep * spanMs[best]!)))
    const next = k <= minSteps ? 0 : Math.max(minSteps, k - off)
    setSteps(schedule, v, best, next)
    if (lackingOf(schedule, v, wanted) > 0) {
      setSteps(schedule, v, best, k)
      return
    }
    surplus = energyOf(schedule, v) - wanted
  }
}
