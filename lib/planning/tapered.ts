import { giveRow } from './fill.ts'
import { fitsPeriods } from './periods.ts'
import { type Schedule, setSteps, stepsToDeliver, taperW } from './schedule.ts'

/**
 * One that tapers has in no slot more than it takes there, in the order of time: the rest is room for others. It stays as it is where its port
 * does not hold the periods that this makes.
 */
export const asItTakes = (schedule: Schedule, v: number): void => {
  const seat = schedule.board.seats[v]!
  if (!seat.need.taper) return
  const row = schedule.steps[v]!
  const before = row.slice()
  let energy = 0
  for (let t = 0; t < row.length; t += 1) {
    if (row[t] === 0) continue
    const takesW = taperW(seat, energy)
    const enough = takesW > 0 ? stepsToDeliver(seat, takesW, 1) : seat.need.mayPause ? 0 : seat.minSteps
    if (enough < row[t]!) setSteps(schedule, v, t, enough)
    energy += Math.min(seat.stepW[row[t]!]!, takesW) * seat.spanMs[t]!
  }
  if (!fitsPeriods(schedule, v)) giveRow(schedule, v, before)
}
