import { bindingOf } from './binding.ts'
import { boardOf } from './board.ts'
import { lowerBoundMicro } from './bound.ts'
import { costMicro } from './cost.ts'
import { digestOf } from './digest.ts'
import type { Proven } from './flow/relax.ts'
import { firstSlotAt, type PlanningInput } from './input.ts'
import { periodsOf } from './periods.ts'
import type { Plan } from './plan-result.ts'
import { powerOf, reasonsOf } from './reasons.ts'
import type { Schedule } from './schedule.ts'
import { search } from './search.ts'
import { shortfallsOf } from './shortfalls.ts'
import { asItTakes } from './tapered.ts'

/**
 * What each port should give, slot by slot: under every node's limit, nobody later than need be, then cheap, then calm.
 * Pure and bounded by iterations: the same input gives the same plan. Never "infeasible": what cannot be met is a shortfall with its cause.
 * (source: spec "planner")
 */
export const plan = (input: PlanningInput): Plan => {
  const { schedule, relaxed } = search(boardOf(input))
  for (const v of schedule.board.seats.keys()) asItTakes(schedule, v)
  return answerOf(input, schedule, lowerBoundMicro(schedule, relaxed), relaxed)
}

/** A schedule told as a plan. */
export const answerOf = (input: PlanningInput, schedule: Schedule, lowestMicro: number, relaxed?: Proven): Plan => {
  const cost = costMicro(schedule)
  const bound = Math.min(cost, lowestMicro)
  return {
    from: firstSlotAt(input.now, input.slotMinutes),
    slotMinutes: input.slotMinutes,
    policy: input.policy,
    allocations: schedule.board.seats.map(({ need, port }, v) => ({
      vehicle: need.id,
      port: port.id,
      periods: periodsOf(schedule, v),
      powerW: powerOf(schedule, v),
    })),
    shortfalls: shortfallsOf(schedule),
    reasons: reasonsOf(schedule),
    binding: bindingOf(schedule, relaxed),
    costMicro: cost,
    lowerBoundMicro: bound,
    gap: cost === 0 ? 0 : (cost - bound) / Math.abs(cost),
    inputDigest: digestOf(input),
  }
}
