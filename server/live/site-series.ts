import { loweredIn, lowestIn } from '#lib/planning/limit-hours.ts'
import { totalPerSlot } from '#lib/planning/plan-index.ts'
import { type Instant, instant, minutes, plus } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'
import { basePower15, vehiclePower15 } from '#server/energy/quarter-hours.ts'
import type { Ctx } from '#server/runtime.ts'
import { limitHoursAhead } from '#server/store/limit-hours.ts'
import type { StoredPlan } from '#server/store/plan.ts'
import { baseSlots, type ServiceNodeRow } from '#server/store/site-power.ts'
import { capOf } from './views.ts'

const SLOT_MS = minutes(15)
type Slot = { from: number; powerW: number }
export type SiteSeries = { slotMinutes: number; cap: Slot[]; base: Slot[]; vehicles: Slot[]; measuredUntil: Instant }

/**
 * Power through the service connection per quarter hour of `[from, until)`: what was measured up to the last whole quarter,
 * then what the plan gives and the building is foreseen to take. The quarter that is running counts as planned.
 */
export async function siteSeries(
  { db, clock }: Pick<Ctx, 'db' | 'clock'>,
  depotId: string,
  {
    from,
    until,
    node,
    stored,
  }: {
    from: Instant
    until: Instant
    node: ServiceNodeRow | null
    stored: (Pick<StoredPlan, 'plan'> & Partial<Pick<StoredPlan, 'input'>>) | undefined
  },
): Promise<SiteSeries> {
  const first = instant(Math.floor(from / SLOT_MS) * SLOT_MS)
  const measuredUntil = instant(Math.floor(clock.now() / SLOT_MS) * SLOT_MS)
  const past = Math.max(0, (measuredUntil - first) / SLOT_MS)
  const [vehicles, base, foreseen, lowered] = await Promise.all([
    past > 0 ? vehiclePower15({ db }, depotId, first, measuredUntil) : [],
    basePower15({ db }, depotId, first, past),
    baseSlots(db, depotId, first, until),
    limitHoursAhead(db.prisma, depotId, first, until),
  ])
  const plan = stored?.plan
  const planned = plan ? totalPerSlot(plan) : []
  const slots = Array.from({ length: Math.ceil((until - first) / SLOT_MS) }, (_, i) => plus(first, i * SLOT_MS))
  const baseAt = (at: Instant) => foreseen.findLast((row) => row.from <= at && row.from + minutes(row.minutes) > at)
  const plannedAt = (at: Instant) => (plan ? planned[Math.floor((at - plan.from) / minutes(plan.slotMinutes))] : undefined) ?? 0
  /** Where nothing is foreseen: what the plan reckons with. */
  const reckonedAt = (at: Instant): number => {
    if (!stored?.input) return 0
    const slot = Math.floor((at - stored.plan.from) / minutes(stored.plan.slotMinutes))
    return stored.input.nodes.reduce((sum, { baseLoadW }) => sum + (baseLoadW?.[slot] ?? 0), 0)
  }
  const mine = lowered.filter(({ nodeId }) => nodeId === node?.id)
  const cap = loweredIn(capOf(node) as Watts, mine)
  return {
    slotMinutes: 15,
    cap: slots.map((at) => ({ from: at, powerW: lowestIn(cap, at, plus(at, SLOT_MS)) })),
    base: slots.map((at, i) => ({ from: at, powerW: Math.round(base.powerW[i] ?? baseAt(at)?.forecastW ?? reckonedAt(at)) })),
    vehicles: slots.map((at, i) => ({ from: at, powerW: vehicles[i]?.powerW ?? plannedAt(at) })),
    measuredUntil,
  }
}
