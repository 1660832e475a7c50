import { minutes } from '#lib/time/instant.ts'
import { digestOf } from './digest.ts'
import type { PlanningInput } from './input.ts'
import type { Plan } from './plan-result.ts'

/**
 * A digest of what a plan promises: who gets what when, who leaves short, why, under which limits, prices and departures, on the same slots. What has
 * flowed since is left out, so that a plan made a minute later with nothing new promises the same.
 */
export const promiseOf = ({ input, plan, refined = true }: { input: PlanningInput; plan: Plan; refined?: boolean }): string => {
  const { from, slotMinutes, policy, allocations, shortfalls, reasons } = plan
  return digestOf({
    ...{ from, slotMinutes, policy, allocations, shortfalls, reasons, refined },
    prices: input.prices,
    limits: input.nodes.map(({ id, parent, limitW, limitMa }) => ({ id, parent, limitW, limitMa })),
    ports: input.ports.map(({ id, node, maxW }) => ({ id, node, maxW })),
    // of a vehicle without a duty the departure is always as far ahead: the slot tells of a moved one
    needs: input.needs.map(({ id, port, departs, maxW, phases, priority, chargeFirst, mayPause }) => ({
      ...{ id, port, maxW, phases, priority, chargeFirst, mayPause },
      departs: Math.floor((departs - from) / minutes(slotMinutes)),
    })),
  })
}
