import type { z } from 'zod'
import { notFound, problem } from '#lib/api/problem.ts'
import type { tryWhatIf, WhatIfInput, WhatIfView } from '#lib/api/what-if.ts'
import { type Carbon, carbonPerSlot } from '#lib/energy/carbon.ts'
import { demandCharges } from '#lib/energy/demand.ts'
import { pricePerSlot, windowAt } from '#lib/energy/tariff.ts'
import { nameIn } from '#lib/fleet/need.ts'
import { moneyText } from '#lib/format/money.ts'
import { nearText, spanText } from '#lib/format/time.ts'
import { cautious } from '#lib/planning/cautious.ts'
import { type Answered, effectsOf, outcomeOf } from '#lib/planning/compare.ts'
import { MOST_SLOTS } from '#lib/planning/depot-input.ts'
import { type DemandCharge, slotAt } from '#lib/planning/input.ts'
import { type Change, changed, endOf, isSupposed, slotsUntil, stretched, supposedName } from '#lib/planning/what-if.ts'
import { type ChangeWords, differenceTexts, effectText } from '#lib/planning/what-if-words.ts'
import { type Instant, instant, minutes } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'
import { theDepot } from '../live/views.ts'
import type { Ctx, Runtime } from '../runtime.ts'
import { readCarbon } from '../store/carbon.ts'
import { planInForce, type StoredPlan } from '../store/plan.ts'
import { tariffInForce } from '../store/tariff.ts'
import { namesOf } from '../store/view.ts'
import { applyOf } from './what-if-apply.ts'
import { changeOf } from './what-if-change.ts'
import { previewRows, previewSite } from './what-if-rows.ts'

/** Older than this, a plan says too little of now to be compared with. */
const STALE_MS = minutes(30)

export type Trying = Pick<Runtime, 'db' | 'clock' | 'planner'>
/** All that a preview of a depot needs besides the change. */
export type Ground = {
  depot: Awaited<ReturnType<typeof theDepot>>
  stored: StoredPlan
  tariff: Awaited<ReturnType<typeof tariffInForce>>
  carbon: Carbon
  names: Map<string, string>
  words: ChangeWords
  now: Instant
}

/**
 * The plan as it would be with one thing changed, beside the one in force, from that one's own input: so that what differs comes of the
 * change alone. Nothing is written.
 * @throws Problem `not-found`; `invalid` for a change that names nothing of this depot; `conflict` without a plan to compare with
 */
export async function whatIf(ctx: Trying, depotId: string, input: WhatIfInput): Promise<z.input<(typeof tryWhatIf)['output']>> {
  const ground = await groundOf(ctx, depotId)
  const { stored, words } = ground
  const { change, what } = await changeOf(ctx, ground, input)
  const { after, tookMs } = await tried(ctx, ground, change)
  const before: Answered = stored
  const [inForce, preview, effects] = [outcomeOf(before), outcomeOf(after), effectsOf(before, after)]
  return {
    what,
    startedFrom: { planId: stored.id, madeAt: stored.madeAt, inputDigest: stored.plan.inputDigest },
    tookMs,
    inForce,
    preview,
    differences: differenceTexts(inForce, preview, effects, words),
    rows: previewRows(after, effects, words, effectText),
    site: previewSite(after),
    ...(await applyOf(ctx, ground, input, change)),
  } satisfies WhatIfView
}

/** The answer of the planner to the question of the plan in force with the change in it. @throws Problem `unavailable` */
export async function tried(ctx: Trying, ground: Ground, change: Change): Promise<{ after: Answered; tookMs: number }> {
  const { stored } = ground
  const question = { ...cautious(changed(longEnough(ground, change), change)), previous: stored.plan }
  try {
    const { plan, tookMs } = await ctx.planner.plan(question)
    return { after: { input: question, plan }, tookMs }
  } catch {
    throw problem('unavailable', 'The planner broke off this preview. The plan in force goes on as it is; try again.')
  }
}

/** @throws Problem `not-found`, `conflict` */
export async function groundOf(ctx: Pick<Ctx, 'db' | 'clock'>, depotId: string): Promise<Ground> {
  const now = ctx.clock.now()
  const depot = await theDepot(ctx, depotId)
  const [stored, tariff, carbon, names] = await Promise.all([
    planInForce(ctx.db, depotId),
    tariffInForce(ctx.db.prisma, depotId, now),
    readCarbon(ctx.db.prisma, depotId, now),
    namesOf(ctx.db, depotId),
  ])
  if (!stored) throw problem('conflict', 'There is no plan yet to compare with. The first one is made when the gateway runs.')
  if (now - stored.asOf > STALE_MS)
    throw problem('conflict', `The last plan is ${spanText(now - stored.asOf)} old: no plans are made now. Look whether the gateway runs.`)
  return { depot, stored, tariff, carbon, names, words: changeWords(depot, names, now), now }
}

const changeWords = ({ zone, currency }: { zone: string; currency: string }, names: Map<string, string>, now: Instant): ChangeWords => ({
  time: (at) => nearText(at, now, zone),
  vehicle: (id) => (isSupposed(id) ? supposedName(id) : nameIn(names, id)),
  money: (micro) => moneyText(Math.round(micro / 10_000), currency),
})

/** A departure after the horizon needs more slots, with the prices of the tariff. */
function longEnough({ stored: { input }, depot, tariff, carbon }: Ground, change: Change) {
  const until = change.kind === 'departure' || change.kind === 'vehicles' ? change.departs : endOf(input)
  const slots = Math.min(MOST_SLOTS, slotsUntil(input, until))
  if (slots <= input.slots) return input
  const from = slotAt(input, 0)
  const paid = input.prices.demand.filter(({ caution }) => !caution)
  const peakSoFarW = (paid[0]?.peakSoFarW ?? 0) as Watts
  const { microPerKwh: _, demand: __, carbonGPerKwh: ___, ...others } = input.prices
  const carbonGPerKwh = carbonPerSlot(carbon, from, input.slotMinutes, slots, depot.zone)
  return stretched(input, slots, {
    ...others,
    ...(carbonGPerKwh && { carbonGPerKwh }),
    microPerKwh: pricePerSlot(tariff, from, input.slotMinutes, slots, depot.zone),
    demand: demandCharges(tariff, { from, slotMinutes: input.slotMinutes, slots }, depot.zone, peakSoFarW).map((charge, i) => ({
      ...expected(paid[i] ?? paid[0]),
      ...charge,
    })),
  })
}

/** What is expected of a peak, or may not be passed. */
const expected = (charge: DemandCharge | undefined) => ({
  ...(charge?.targetW === undefined ? {} : { targetW: charge.targetW }),
  ...(charge?.targetIsHard === undefined ? {} : { targetIsHard: charge.targetIsHard }),
})

/** The slots of a question in which a window of the tariff holds. */
export const slotsOfWindow = ({ stored: { input }, tariff, depot }: Ground, window: string): boolean[] =>
  Array.from({ length: input.slots }, (_, slot) =>
    tariff ? windowAt(tariff, instant(Math.max(input.now, slotAt(input, slot))), depot.zone)?.name === window : false,
  )

export const theNeed = ({ stored, names }: Pick<Ground, 'stored' | 'names'>, vehicleId: string) => {
  const need = stored.input.needs.find(({ id }) => id === vehicleId)
  if (!need) throw notFound('vehicle in the plan', names.get(vehicleId) ?? vehicleId)
  return need
}
