import { problem } from '#lib/api/problem.ts'
import type { PlanInForce } from '#lib/api/v1-plan.ts'
import { explain, explainCause } from '#lib/planning/explain.ts'
import { slotAt } from '#lib/planning/input.ts'
import { byVehicle, type Planned, readyBy } from '#lib/planning/plan-index.ts'
import type { Allocation } from '#lib/planning/plan-result.ts'
import { planInForce, type StoredPlan } from '#server/store/plan.ts'
import { planTrouble } from '#server/store/plan-trouble.ts'
import { namesOf } from '#server/store/view.ts'
import { troubleText } from './alerts-plan.ts'
import { planWords } from './plan-words.ts'
import { remedyWords } from './remedy-words.ts'
import { type Seeing, theDepot } from './views.ts'

/** The plan in force as other systems read it. @throws Problem `not-found`, also before the first plan */
export async function v1PlanView(ctx: Seeing, depotId: string): Promise<PlanInForce> {
  const now = ctx.clock.now()
  const depot = await theDepot(ctx, depotId)
  const [stored, names, trouble] = await Promise.all([planInForce(ctx.db, depotId), namesOf(ctx.db, depotId), planTrouble(ctx.db, depotId)])
  if (!stored) throw problem('not-found', 'This depot has no plan yet. One is made as soon as the gateway runs: ask again in a moment.')
  const { input, plan } = stored
  const words = planWords({ zone: depot.zone, currency: depot.currency, names }, now)
  const planned = byVehicle(stored)
  const allocations = new Map(plan.allocations.map((each) => [each.vehicle, each]))
  return {
    id: stored.id,
    depotId,
    madeAt: stored.madeAt,
    asOf: stored.asOf,
    cause: stored.cause,
    refined: stored.refined,
    trouble: trouble ? troubleText(trouble, now, depot.zone) : null,
    policy: input.policy,
    from: plan.from,
    until: slotAt(input, input.slots),
    slotMinutes: plan.slotMinutes,
    vehicles: input.needs.flatMap((need) => {
      const its = planned.get(need.id)
      return its ? [vehicle(its, need)] : []
    }),
    currency: depot.currency,
    costMicro: Math.round(plan.costMicro),
    lowerBoundMicro: Math.round(plan.lowerBoundMicro),
    gap: plan.gap,
    inputDigest: plan.inputDigest,
  }

  function vehicle(its: Planned, need: StoredPlan['input']['needs'][number]): PlanInForce['vehicles'][number] {
    const { shortfall } = its
    return {
      vehicleId: need.id,
      name: words.vehicle!(need.id),
      portId: its.port ?? need.port ?? null,
      departsAt: need.departs,
      readyAt: readyBy(its, need.departs),
      plugInBy: its.plugInBy ?? null,
      needWh: need.energyWh,
      missingWh: shortfall?.missingWh ?? 0,
      shortfall: shortfall
        ? {
            cause: shortfall.cause.kind,
            text: explainCause(shortfall.cause, words),
            remedies: shortfall.remedies.map((each) => ({ kind: each.kind, text: remedyWords(each, words).word })),
          }
        : null,
      doing: its.reason.kind,
      why: explain(its.reason, words),
      curve: curveOf(stored!, its.powerW),
      setPoints: setPointsOf(stored!, allocations.get(need.id)),
    }
  }
}

/** Steps of power, with the one to nothing at the plan's end. */
const curveOf = ({ input }: StoredPlan, powerW: readonly number[]): PlanInForce['vehicles'][number]['curve'] => {
  if (powerW.every((w) => w === 0)) return []
  const steps = powerW.flatMap((w, slot) => (w === powerW[slot - 1] ? [] : [{ from: slotAt(input, slot), powerW: w }]))
  return powerW.at(-1) === 0 ? steps : [...steps, { from: slotAt(input, powerW.length), powerW: 0 }]
}

const setPointsOf = ({ input }: StoredPlan, allocation: Allocation | undefined): PlanInForce['vehicles'][number]['setPoints'] =>
  (allocation?.periods ?? []).map(({ fromSlot, milliamps, phases }) => ({ from: slotAt(input, fromSlot), milliamps, phases }))
