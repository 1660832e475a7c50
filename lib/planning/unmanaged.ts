import { hours, type Instant, minutes } from '#lib/time/instant.ts'
import { type PlanningInput, slotAt } from './input.ts'
import type { Plan } from './plan-result.ts'

/** What the same night would be without a plan: W per slot with the base load, and the energy's cost in millionths of the currency. */
export type Unmanaged = { powerW: number[]; highestW: number; costMicro: number }

/**
 * Every vehicle charges at full power from the moment it is there; no limit is looked at. Until it has all it would take, or with a plan as much
 * as that gives it: so that what is compared is the same energy at another time.
 */
export function unmanaged(input: PlanningInput, plan?: Pick<Plan, 'allocations'>): Unmanaged {
  const { now, slots, slotMinutes, needs, ports, nodes, prices } = input
  const base = Array.from({ length: slots }, (_, slot) => nodes.reduce((sum, { baseLoadW }) => sum + (baseLoadW?.[slot] ?? 0), 0))
  const powerW = [...base]
  const planned = plan && new Map(plan.allocations.map((each) => [each.vehicle, givenWh(input, each.powerW)]))
  let costMicro = 0
  for (const need of needs) {
    const port = ports.find(({ id }) => id === need.port)
    if (!port) continue
    const fullW = Math.min(need.maxW, port.maxW)
    const wantedWh = (need.energyWh + (need.extraWh ?? 0)) / need.efficiency
    let leftWh = planned ? Math.min(wantedWh, planned.get(need.id) ?? 0) : wantedWh
    for (let slot = 0; slot < slots && leftWh > 0; slot += 1) {
      const from = Math.max(now, need.arrives, slotAt(input, slot))
      const until = Math.min(need.departs, slotAt(input, slot + 1)) as Instant
      if (until <= from) continue
      const energyWh = Math.min(leftWh, (fullW * (until - from)) / hours(1))
      leftWh -= energyWh
      powerW[slot]! += Math.round((energyWh * hours(1)) / minutes(slotMinutes))
      costMicro += (energyWh / 1000) * (prices.microPerKwh[slot] ?? 0)
    }
  }
  return { powerW, highestW: Math.max(0, ...powerW), costMicro: Math.round(costMicro) }
}

/** Of the first slot only its rest counts. */
const givenWh = (input: PlanningInput, powerW: readonly number[]): number =>
  powerW.reduce((sum, w, slot) => sum + (w * (slotAt(input, slot + 1) - Math.max(input.now, slotAt(input, slot)))) / hours(1), 0)
