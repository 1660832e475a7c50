import type { PlanningInput } from '#lib/planning/input.ts'
import type { Plan } from '#lib/planning/plan-result.ts'
import type { Watts } from '#lib/units/units.ts'
import { leastPeakW } from '../judge/max-flow.ts'
import type { Question } from '../judge/question.ts'
import type { Learner } from './month.replay.ts'

/** Vehicles that nobody announced may come as long as so much of the power is asked for; below it the night is quiet and prices decide. */
const BUSY = 0.5

/**
 * Where vehicles come unannounced, power up to the peak that is paid for anyway is used as early as possible: what is done is not in the way of
 * those who come. That peak is the highest of three: the month's so far, what the days seen before would have needed, and what those who are
 * there now need. Only what lies before a decision is looked at.
 */
export const unannounced = (before: number[]): Learner => {
  const learnedW = Math.max(0, ...before)
  return {
    asked(input, planner) {
      const [charge] = input.prices.demand
      const mustW = sitePeakW(input, planner({ ...input, previous: undefined }))
      const capW = Math.ceil(Math.max(charge!.peakSoFarW, learnedW, mustW))
      return {
        ...input,
        policy: quietW(input, planner) < BUSY * capW ? 'cheapest' : 'readyFirst',
        prices: { ...input.prices, demand: [{ ...charge!, targetW: capW as Watts, targetIsHard: true }] },
      }
    },
  }
}

/** What those who are there would need if no peak were paid for yet. */
const quietW = (input: PlanningInput, planner: (input: PlanningInput) => Plan): number => {
  const fresh = {
    ...input,
    previous: undefined,
    prices: { ...input.prices, demand: input.prices.demand.map((each) => ({ ...each, peakSoFarW: 0 as Watts })) },
  }
  return sitePeakW(input, planner(fresh))
}

const sitePeakW = (input: PlanningInput, { allocations }: Plan): number =>
  Math.max(
    ...Array.from({ length: input.slots }, (_, t) =>
      allocations.reduce(
        (sum, { powerW }) => sum + powerW[t]!,
        input.nodes.reduce((sum, { baseLoadW }) => sum + (baseLoadW?.[t] ?? 0), 0),
      ),
    ),
  )

/** The least peak that each day would have needed, known when it is over. */
export const peaksOfDays = (q: Question, days: number): number[] =>
  Array.from({ length: days }, (_, day) => {
    const from = q.now + day * 86_400_000
    const needs = q.needs.filter(({ arrives }) => arrives >= from && arrives < from + 86_400_000)
    const slots = Math.min(q.slots - day * 288, 432)
    const cut = <T>(values: T[]) => values.slice(day * 288, day * 288 + slots)
    return needs.length === 0
      ? 0
      : (leastPeakW(
          {
            ...q,
            now: from,
            slots,
            needs,
            nodes: q.nodes.map((node) => ({
              ...node,
              limitW: cut(node.limitW),
              ...(node.baseLoadW ? { baseLoadW: cut(node.baseLoadW) } : {}),
            })),
          },
          20,
        ) ?? 0)
  })
