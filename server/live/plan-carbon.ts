import type { PlanView } from '#lib/api/plan.ts'
import { slotAt } from '#lib/planning/input.ts'
import type { StoredPlan } from '#server/store/plan.ts'

/** It was chosen when there were figures; those are over. */
const NO_CARBON_LEFT =
  'How clean the energy is is not known for all hours of this plan, so it goes by price. Import newer figures, or a usual day, on the page Tariff.'

/** Why a plan that is to be the greenest goes by price; null: it need not. */
export const noCarbon = (stored: StoredPlan | undefined): string | null =>
  stored && !stored.input.prices.carbonGPerKwh ? NO_CARBON_LEFT : null

/** Steps of how clean the energy is, as the plan in force reckoned with. */
export const carbonOf = (stored: StoredPlan | undefined): PlanView['carbon'] =>
  (stored?.input.prices.carbonGPerKwh ?? []).flatMap((gPerKwh, slot, all) =>
    gPerKwh === all[slot - 1] ? [] : [{ from: slotAt(stored!.input, slot), gPerKwh }],
  )

/** What the energy of a plan is made with, to a tenth of a kg. */
export function carbonKg({ input, plan }: StoredPlan): number | null {
  const g = input.prices.carbonGPerKwh
  if (!g) return null
  const grams = plan.allocations.reduce(
    (sum, { powerW }) => sum + powerW.reduce((all, w, slot) => all + ((w / 1000) * (g[slot] ?? 0) * plan.slotMinutes) / 60, 0),
    0,
  )
  return Math.round(grams / 100) / 10
}
