import type { PreviewRow, WhatIfView } from '#lib/api/what-if.ts'
import type { Answered, Effect } from '#lib/planning/compare.ts'
import { slotAt } from '#lib/planning/input.ts'
import { byVehicle, readyBy } from '#lib/planning/plan-index.ts'
import { isSupposed } from '#lib/planning/what-if.ts'
import type { ChangeWords } from '#lib/planning/what-if-words.ts'
import { type Instant, minutes, plus } from '#lib/time/instant.ts'

/** The vehicles of a preview with their hours, those that the change touches first. */
export function previewRows(
  { input, plan }: Answered,
  effects: readonly Effect[],
  words: ChangeWords,
  say: (effect: Effect, words: ChangeWords) => string,
): PreviewRow[] {
  const planned = byVehicle({ input, plan })
  const touched = new Map(effects.map((effect) => [effect.vehicle, effect]))
  const order = (id: string) => (touched.has(id) ? effects.findIndex(({ vehicle }) => vehicle === id) : effects.length)
  return input.needs
    .map((need): PreviewRow => {
      const mine = planned.get(need.id)
      const effect = touched.get(need.id)
      const port = input.ports.find(({ id }) => id === need.port)
      return {
        vehicleId: need.id,
        name: words.vehicle(need.id),
        supposed: isSupposed(need.id),
        departsAt: need.departs,
        readyAt: readyBy(mine, need.departs),
        missingWh: mine?.shortfall?.missingWh ?? 0,
        needWh: need.energyWh,
        maxW: Math.min(need.maxW, port?.maxW ?? need.maxW),
        arrivesAt: need.arrives,
        planned: stepsOf(plan.from, plan.slotMinutes, mine?.powerW ?? [], input.now),
        effect: effect?.kind ?? null,
        words: effect ? say(effect, words) : null,
      }
    })
    .sort((a, b) => order(a.vehicleId) - order(b.vehicleId))
}

/** W per slot as steps from now on that end in nothing. */
export function stepsOf(from: Instant, slotMinutes: number, powerW: readonly number[], now: Instant): { from: Instant; powerW: number }[] {
  const steps = powerW.flatMap((w, slot) => {
    const start = plus(from, slot * minutes(slotMinutes))
    return slot > 0 && w === powerW[slot - 1] ? [] : [{ from: start < now ? now : start, powerW: w }]
  })
  return (powerW.at(-1) ?? 0) > 0 ? [...steps, { from: plus(from, powerW.length * minutes(slotMinutes)), powerW: 0 }] : steps
}

/** The connection's cap, the building and the vehicles of a preview, per slot. */
export function previewSite({ input, plan }: Answered): WhatIfView['site'] {
  const roots = input.nodes.filter(({ parent }) => parent === undefined)
  const perSlot = (of: (slot: number) => number) =>
    Array.from({ length: input.slots }, (_, slot) => ({ from: slotAt(input, slot), powerW: Math.round(of(slot)) }))
  return {
    cap: perSlot((slot) => roots.reduce((sum, { limitW }) => sum + (limitW[slot] ?? 0), 0)),
    base: perSlot((slot) => input.nodes.reduce((sum, { baseLoadW }) => sum + (baseLoadW?.[slot] ?? 0), 0)),
    vehicles: perSlot((slot) => plan.allocations.reduce((sum, { powerW }) => sum + (powerW[slot] ?? 0), 0)),
  }
}
