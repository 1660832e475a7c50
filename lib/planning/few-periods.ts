import type { Relaxed } from './flow/relax.ts'
import { madeUp } from './in-blocks.ts'
import { liftRuns } from './lift-runs.ts'
import type { Merit } from './merit.ts'
import { fitsPeriods, lengthened, withFewPeriods } from './periods.ts'
import { keepToOwn } from './place/keep-to.ts'
import { copyOf, lackingOf, type Schedule } from './schedule.ts'
import { lessMissing, needScore } from './score.ts'

/** Parts of its periods that a vehicle with too many may leave free, tried in turn. */
const SPARES = [0, 0.1, 0.3]
const SPARES_OF_MANY = [0.1]
/** What few periods may cost of a higher peak, tried in turn. */
const PEAK_RAISES = [0, 0.0005, 0.001, 0.001, 0.002, 0.004, 0.006, 0.01, 0.02, 0.04, 0.1, 0.3, 1]
/** From the second raise on one that gains less than this part is in vain, where there are more seats × slots than this. */
const LEAST_RAISES = 1
/** Seats × slots that are many: there one way is tried, and only while it gains. */
const MANY = 15_000
const isMany = ({ board: { seats, slots } }: Schedule): boolean => seats.length * slots > MANY
const GAIN = 0.05

/** Does each port hold the periods of its vehicle? */
export const fits = (schedule: Schedule): boolean => schedule.board.seats.every((_, v) => fitsPeriods(schedule, v))

/**
 * As few periods as the ports hold; and what that takes, or whole steps left out, is had elsewhere: beside own runs, from others that have
 * periods to spare, or under a slightly higher peak.
 */
export const inFewPeriods = (schedule: Schedule, relaxed: Relaxed, merit: Merit): Schedule => {
  const isFew = fits(schedule)
  if (isFew && lackedIn(schedule, relaxed) === 0) return schedule
  let best: Schedule | undefined
  for (const spare of isFew ? [0] : isMany(schedule) ? SPARES_OF_MANY : SPARES) {
    const { few, isAtOnce } = reduced(schedule, relaxed, merit, spare)
    if (isAtOnce) return few
    if (!best || lessMissing(few, best) || (!lessMissing(best, few) && needScore(few, merit) < needScore(best, merit))) best = few
  }
  return best!
}

/** Of each vehicle that has too many periods a part stays free; `isAtOnce`: nobody lacks anything, under the peaks as they were. */
const reduced = (schedule: Schedule, relaxed: Relaxed, merit: Merit, spare: number): { few: Schedule; isAtOnce: boolean } => {
  const { network, wanted } = relaxed
  let few = withFewPeriods(keepToOwn(copyOf(schedule)), spare)
  let least = Number.POSITIVE_INFINITY
  for (const [i, raise] of PEAK_RAISES.entries()) {
    few = keepToOwn(few, raise)
    network.boardSeat.forEach((v, k) => {
      if (lackingOf(few, v, wanted[k]!) > 0) lengthened(few, v)
      liftRuns(few, v, wanted[k]!, merit.of)
    })
    if (lackedIn(few, relaxed) > 0) {
      const made = madeUp(copyOf(few), merit, relaxed)
      if (fits(made) && lessMissing(made, few)) few = made
    }
    const lacked = lackedIn(few, relaxed)
    if (lacked === 0) return { few: keepToOwn(few), isAtOnce: i === 0 }
    const isVain = isMany(schedule) && i >= LEAST_RAISES && lacked > least * (1 - GAIN)
    if (relaxed.peaks.length === 0 || isVain) break
    least = lacked
  }
  return { few: keepToOwn(few), isAtOnce: false }
}

/** What all together lack of what the optimum has for them, W·ms. */
const lackedIn = (schedule: Schedule, { network, wanted }: Relaxed): number => {
  let lacked = 0
  for (let i = 0; i < network.seats; i += 1) lacked += lackingOf(schedule, network.boardSeat[i]!, wanted[i]!)
  return lacked
}
