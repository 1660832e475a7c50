import { inOrderOfNeed } from './blocks.ts'
import { boardOf, WH } from './board.ts'
import { addEnergy } from './fill.ts'
import type { PlanningInput } from './input.ts'
import { lay, rowsBefore } from './keep.ts'
import { meritOf } from './merit.ts'
import { withFewPeriods } from './periods.ts'
import { keepToOwn } from './place/keep-to.ts'
import { answerOf } from './plan.ts'
import type { Plan } from './plan-result.ts'
import { emptySchedule, energyOf, missingOf } from './schedule.ts'

/**
 * A plan at once, for an event: the last one, trimmed to what every limit allows now, and what is missing added where there is room.
 * Feasible, not weighed: `plan` refines it. Its lower bound is that of the cheapest price alone, so its gap proves next to nothing.
 */
export const firstAnswer = (input: PlanningInput): Plan => {
  const board = boardOf(input)
  const merit = meritOf(input)
  let schedule = emptySchedule(board)
  const rows = rowsBefore(board)
  const order = inOrderOfNeed(schedule)
  const wanted = ({ target, extra }: (typeof board.seats)[number]) => target + extra
  if (rows) for (const v of order) if (board.seats[v]!.need.mayPause) lay(schedule, v, rows[v]!, wanted(board.seats[v]!))
  if (rows) schedule = keepToOwn(schedule)
  for (const v of order) {
    // who would not wake after a pause is served in one run from now on
    const slots = board.seats[v]!.need.mayPause ? merit.levels : [Array.from({ length: board.slots }, (_, t) => t)]
    for (const level of slots) {
      if (missingOf(schedule, v) === 0) break
      if (board.seats[v]!.need.mayPause) addEnergy(schedule, v, board.seats[v]!.target - energyOf(schedule, v), level)
      else addRun(schedule, v, level)
    }
  }
  const lowest = Math.min(...input.prices.microPerKwh)
  const bound = board.seats.reduce((sum, _, v) => sum + (energyOf(schedule, v) * lowest) / (1000 * WH), 0)
  return answerOf(input, withFewPeriods(schedule), Math.floor(bound))
}

/** Energy slot by slot until one is in the way. */
const addRun = (schedule: ReturnType<typeof emptySchedule>, v: number, slots: number[]): void => {
  let begun = false
  for (const t of slots) {
    const left = schedule.board.seats[v]!.target - energyOf(schedule, v)
    if (left <= 0) return
    const added = addEnergy(schedule, v, left, [t])
    if (begun && added === 0) return
    begun ||= added > 0
  }
}
