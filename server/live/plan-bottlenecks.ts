import type { PlanView } from '#lib/api/plan.ts'
import { bottlenecks } from '#lib/planning/bottlenecks.ts'
import type { StoredPlan } from '#server/store/plan.ts'

/** Where the plan in force is short of power, in the names of the depot; `names` of vehicles and nodes by id. */
export const shortOfPower = (stored: StoredPlan, names: Map<string, string>): PlanView['bottlenecks'] =>
  bottlenecks(stored).map(({ node, hours, lines, valueMicroPerKw, held }) => {
    const { limitW, limitMa } = stored.input.nodes.find(({ id }) => id === node)!
    // of hours in which it was lowered, what it carries then
    const least = (limits: readonly number[]) => Math.min(...hours.map(({ from }) => limits[slotIn(stored, from)] ?? 0))
    return {
      node: names.get(node) ?? node,
      limitW: least(limitW),
      lines,
      limitMa: limitMa && lines.length > 0 ? Math.min(...lines.map((line) => least(limitMa[line]))) : null,
      hours,
      valueMicroPerKw,
      held: held.map(({ vehicle, heldMs }) => ({ vehicleId: vehicle, name: names.get(vehicle) ?? vehicle, heldMs })),
    }
  })

const slotIn = ({ plan }: StoredPlan, at: number): number => Math.floor((at - plan.from) / (plan.slotMinutes * 60_000))
