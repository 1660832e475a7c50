import type { Milliamps } from '#lib/units/units.ts'
import { giveRow } from './fill.ts'
import type { PlanningPort } from './input.ts'
import type { Merit } from './merit.ts'
import type { PlanPeriod } from './plan-result.ts'
import { missingOf, type Schedule, setSteps, stepsFree } from './schedule.ts'
import { seatScore } from './score.ts'

export type Run = { from: number; until: number; steps: number }

/** Periods that a vehicle's plan should have at most, and what it may have when it is tight. */
const CALM_PERIODS = 6
const BEARABLE_PERIODS = 12
/** … for this part of what its energy costs. */
const WORTH_CALM = 0.0005

/** Periods that giving way takes at most. */
const TO_GIVE_WAY = 4

/** Brings each vehicle down to the periods its port can hold, and a part fewer (`spare`): of two neighbours that lose least, both become the lower. */
export const withFewPeriods = (schedule: Schedule, spare = 0): Schedule => {
  schedule.board.seats.forEach((seat, v) => {
    if (!fitsPeriods(schedule, v)) reduceTo(schedule, v, Math.max(1, seat.port.maxPeriods - Math.floor(seat.port.maxPeriods * spare)))
  })
  return schedule
}

/**
 * Brings a vehicle that has all it needs down to few periods: to a glance where that costs nothing, to what is bearable at next to nothing.
 * Its first `firm` slots stay.
 */
export const tidy = (schedule: Schedule, v: number, merit: Merit, firm: number): void => {
  const before = schedule.steps[v]!.slice()
  if (periodCount(before) <= CALM_PERIODS || missingOf(schedule, v) > 0) return
  // the schedule is kept under its own peaks: none of this makes a new one
  const score = () => seatScore(schedule, v, merit)
  const was = score()
  for (const [most, mostScore] of [[CALM_PERIODS, was] as const, [BEARABLE_PERIODS, was + Math.abs(was) * WORTH_CALM] as const]) {
    if (periodCount(before) <= most) return
    reduceTo(schedule, v, most)
    const stays = schedule.steps[v]!.every((steps, t) => t >= firm || steps === before[t])
    if (stays && missingOf(schedule, v) === 0 && score() <= mostScore) return
    giveRow(schedule, v, before)
  }
}

/** By how much the worst vehicle's periods are more than bearable. */
export const excessPeriods = (schedule: Schedule): number =>
  schedule.steps.reduce((most, row) => Math.max(most, periodCount(row) - BEARABLE_PERIODS), 0)

/** Brings a vehicle down to the periods its port can hold. */
export const inOwnPeriods = (schedule: Schedule, v: number): void =>
  reduceTo(schedule, v, Math.max(1, schedule.board.seats[v]!.port.maxPeriods))

const reduceTo = (schedule: Schedule, v: number, most: number): void => {
  if (periodCount(schedule.steps[v]!) <= most) return
  while (periodCount(schedule.steps[v]!) > most) mergeCheapest(schedule, v)
  lengthened(schedule, v, most)
}

/** What a vehicle lacks is added beside its blocks, as far as that makes no more than `most` periods: what its port holds. */
export const lengthened = (schedule: Schedule, v: number, most = Math.max(1, schedule.board.seats[v]!.port.maxPeriods)): void => {
  while (missingOf(schedule, v) > 0 && lengthenRun(schedule, v, most)) {}
}

/** Has a port with so many periods in use enough left for its vehicle to give way to others? */
export const canGiveWay = ({ maxPeriods }: PlanningPort, periods: number): boolean => periods + TO_GIVE_WAY <= maxPeriods

/** Periods that a row of steps makes. */
export const periodCount = (row: ArrayLike<number>): number => {
  let count = row.length > 0 ? 1 : 0
  for (let t = 1; t < row.length; t += 1) if (row[t] !== row[t - 1]) count += 1
  return count
}

/** Does the port hold as many periods as the seat's allocation has? */
export const fitsPeriods = (schedule: Schedule, v: number): boolean =>
  periodCount(schedule.steps[v]!) <= Math.max(1, schedule.board.seats[v]!.port.maxPeriods)

/** Of two neighbours that lose least, the first of equals, both become the lower. */
const mergeCheapest = (schedule: Schedule, v: number): void => {
  const { stepW, spanMs } = schedule.board.seats[v]!
  const row = schedule.steps[v]!
  let best: { from: number; until: number; low: number } | undefined
  let least = Number.POSITIVE_INFINITY
  // the run under way, and the one before it
  let [before, from] = [0, 0]
  for (let t = 1; t <= row.length; t += 1) {
    if (t < row.length && row[t] === row[t - 1]) continue
    if (from > 0) {
      const isHigher = row[from]! > row[before]!
      const [high, until] = isHigher ? [from, t] : [before, from]
      const low = Math.min(row[from]!, row[before]!)
      let lost = 0
      for (let s = high; s < until; s += 1) lost += (stepW[row[high]!]! - stepW[low]!) * spanMs[s]!
      if (lost < least) [best, least] = [{ from: high, until, low }, lost]
    }
    before = from
    from = t
  }
  if (best) for (let t = best.from; t < best.until; t += 1) setSteps(schedule, v, t, best.low)
}

/** What the merging took is added beside a block, at that block's current; false when no block can grow. */
const lengthenRun = (schedule: Schedule, v: number, most: number): boolean => {
  const row = schedule.steps[v]!
  for (const run of runsOf(row)) {
    if (run.steps === 0) continue
    for (const t of [run.from - 1, run.until]) {
      const before = row[t]
      if (before === undefined || before >= run.steps || !schedule.board.seats[v]!.spanMs[t] || stepsFree(schedule, v, t) < run.steps)
        continue
      setSteps(schedule, v, t, run.steps)
      if (periodCount(row) <= most) return true
      setSteps(schedule, v, t, before)
    }
  }
  return false
}

/** The seat's allocation as periods: from each slot on, until the next. */
export const periodsOf = (schedule: Schedule, v: number): PlanPeriod[] => {
  const { port, usedPhases } = schedule.board.seats[v]!
  return runsOf(schedule.steps[v]!).map(({ from, steps }) => ({
    fromSlot: from,
    milliamps: (steps * port.stepMa) as Milliamps,
    phases: usedPhases,
  }))
}

/** Stretches of equal current, the idle ones with them. */
export const runsOf = (row: ArrayLike<number>): Run[] => {
  const runs: Run[] = []
  for (let t = 0, from = 0; t < row.length; t += 1) {
    if (row[t + 1] === row[from]) continue
    runs.push({ from, until: t + 1, steps: row[from]! })
    from = t + 1
  }
  return runs
}
