import { boardOf } from '#lib/planning/board.ts'
import { giveRow } from '#lib/planning/fill.ts'
import { freshOf } from '#lib/planning/fresh.ts'
import { isFree } from '#lib/planning/in-blocks.ts'
import type { PlanningInput } from '#lib/planning/input.ts'
import { rowsBefore } from '#lib/planning/keep.ts'
import { withLateNodes } from '#lib/planning/late-nodes.ts'
import { meritOf } from '#lib/planning/merit.ts'
import { canGiveWay, periodCount } from '#lib/planning/periods.ts'
import { exchange } from '#lib/planning/place/exchange.ts'
import { answerOf, plan } from '#lib/planning/plan.ts'
import type { Plan } from '#lib/planning/plan-result.ts'
import { copyOf, emptySchedule, lackingOf, type Schedule } from '#lib/planning/schedule.ts'
import { checkPlan, type Verdict } from '../judge/check-plan.ts'

/** Cells looked at for moves, and seats × slots planned anew: many times what a plan may take. */
const MOVES = 3_000_000
const ANEW = 60_000

/**
 * Vehicles late in this plan that were ready in another one which makes nobody else late: such a plan is found, and judged to pass no limit. It
 * is looked for by the planner without the last plan, without prices, and by moves from this plan with far more time than a plan has.
 */
export const readyToo = (input: PlanningInput, answer: Plan, verdict: Verdict): number => {
  const isLate = lateIn(verdict)
  if (isLate.size === 0) return 0
  const { previous, ...alone } = input
  const others = [() => plan({ ...alone, policy: 'readyFirst' }), () => moved(input, answer)]
  if (previous) others.push(() => plan(alone))
  return Math.max(0, ...others.map((other) => gained(isLate, checkPlan(input, other()))))
}

const lateIn = ({ vehicles }: Verdict): Set<string> =>
  new Set(vehicles.flatMap(({ vehicle, missingWh }) => (missingWh > 0 ? [vehicle] : [])))

const gained = (before: Set<string>, verdict: Verdict): number => {
  const after = lateIn(verdict)
  if (verdict.violations.length > 0 || ![...after].every((vehicle) => before.has(vehicle))) return 0
  return before.size - after.size
}

/** From this plan on: single moves, then each circuit by itself, at any price. */
const moved = (input: PlanningInput, answer: Plan): Plan => {
  const board = boardOf({ ...input, previous: answer })
  const schedule = emptySchedule(board)
  for (const [v, row] of rowsBefore(board)!.entries()) giveRow(schedule, v, row)
  const { seats } = board
  const wanted = seats.map(({ target }) => target)
  const lacking = (of: Schedule) => seats.map((_, v) => lackingOf(of, v, wanted[v]!))
  const missing = lacking(schedule)
  const late = [...seats.keys()].filter((v) => missing[v]! > 0 && isFree(seats[v]!)).sort((a, b) => missing[a]! - missing[b]!)
  const next = copyOf(schedule)
  exchange(next, {
    seats: late,
    wanted,
    price: meritOf(input).of,
    budget: { cells: MOVES },
    mayMove: (v) => isFree(seats[v]!) && canGiveWay(seats[v]!.port, periodCount(next.steps[v]!)),
    below: Number.MAX_VALUE,
  })
  // nobody who was ready may be late for it
  const isBetter = (other: Schedule, best: Schedule) => {
    const [is, was] = [lacking(other), lacking(best)]
    return is.every((wh, v) => wh === 0 || missing[v]! > 0) && is.filter((wh) => wh > 0).length < was.filter((wh) => wh > 0).length
  }
  return answerOf(input, withLateNodes(next, freshOf, isBetter, ANEW), 0)
}
