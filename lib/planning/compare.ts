import { type Instant, minutes } from '#lib/time/instant.ts'
import { siteBaseW } from './board.ts'
import type { PlanningInput, VehicleId } from './input.ts'
import { byVehicle, readyBy, shortfallsOf } from './plan-index.ts'
import type { Plan } from './plan-result.ts'

export type Answered = { input: PlanningInput; plan: Plan }

/** What a plan comes to, by its own figures. Money in millionths of the currency. */
export type Outcome = {
  /** Energy, and what the plan adds to the month's demand charges. */
  costMicro: number
  /** The demand charges of it: what a new peak of the month costs. */
  newPeakMicro: number
  energyWh: number
  /** Building and vehicles together, the highest slot. */
  highestW: number
  /** Vehicles that leave with less than they need, and what they lack. */
  short: number
  missingWh: number
}

/** `readyAt` null: not by this plan. */
export type Fate = { departs: Instant; readyAt: Instant | null; missingWh: number }
/** What a change does to a vehicle. `late`: it had enough and has not any more; `ready`: the other way round; `moved`: only its hours change. */
export type Effect = {
  vehicle: VehicleId
  kind: 'late' | 'ready' | 'lacksMore' | 'lacksLess' | 'readyLater' | 'readyEarlier' | 'moved' | 'new' | 'gone'
  before: Fate | null
  after: Fate | null
}

export function outcomeOf({ input, plan }: Answered): Outcome {
  const load = siteLoad({ input, plan })
  const short = shortfallsOf({ input, plan })
  const energyWh = plan.allocations.reduce((sum, { powerW }) => sum + powerW.reduce((all, w) => all + w, 0), 0) * (plan.slotMinutes / 60)
  return {
    costMicro: plan.costMicro,
    newPeakMicro: newPeakMicro(input, load),
    energyWh: Math.round(energyWh),
    highestW: Math.round(Math.max(0, ...load)),
    short: short.length,
    missingWh: short.reduce((sum, { missingWh }) => sum + missingWh, 0),
  }
}

/** What a load adds to the demand charges of the month, over its peak so far. `loadW`: building and vehicles, W per slot. */
export const newPeakMicro = ({ prices }: Pick<PlanningInput, 'prices'>, loadW: readonly number[]): number =>
  Math.round(
    prices.demand.reduce((sum, { microPerKw, slots, peakSoFarW, caution }) => {
      if (caution) return sum
      const peak = loadW.reduce((most, w, slot) => (slots[slot] ? Math.max(most, w) : most), peakSoFarW as number)
      return sum + ((peak - peakSoFarW) * microPerKw) / 1000
    }, 0),
  )

/** Building and vehicles, those at chargers out of reach with them, W per slot. */
export function siteLoad({ input, plan }: Answered): number[] {
  const base = siteBaseW(input)
  return Array.from({ length: input.slots }, (_, slot) => {
    return base[slot]! + plan.allocations.reduce((sum, { powerW }) => sum + (powerW[slot] ?? 0), 0)
  })
}

const RANK: Effect['kind'][] = ['late', 'lacksMore', 'ready', 'lacksLess', 'new', 'gone', 'readyLater', 'readyEarlier', 'moved']

/** Whom a change touches, the worst first; vehicles that are as before are left out. */
export function effectsOf(before: Answered, after: Answered): Effect[] {
  const [was, will] = [fates(before), fates(after)]
  const ids = [...new Set([...was.keys(), ...will.keys()])]
  return ids
    .flatMap((vehicle): Effect[] => {
      const [b, a] = [was.get(vehicle) ?? null, will.get(vehicle) ?? null]
      const kind = kindOf(b, a, () => samePower(vehicle, before, after))
      return kind ? [{ vehicle, kind, before: b?.fate ?? null, after: a?.fate ?? null }] : []
    })
    .sort((a, b) => RANK.indexOf(a.kind) - RANK.indexOf(b.kind))
}

type Known = { fate: Fate; slotMs: number }

const kindOf = (before: Known | null, after: Known | null, isSame: () => boolean): Effect['kind'] | undefined => {
  if (!before) return after && after.fate.missingWh > 0 ? 'late' : 'new'
  if (!after) return 'gone'
  const [b, a] = [before.fate, after.fate]
  if (b.missingWh === 0 && a.missingWh > 0) return 'late'
  if (b.missingWh > 0 && a.missingWh === 0) return 'ready'
  if (a.missingWh !== b.missingWh) return a.missingWh > b.missingWh ? 'lacksMore' : 'lacksLess'
  if (b.readyAt !== null && a.readyAt !== null && Math.abs(a.readyAt - b.readyAt) >= after.slotMs)
    return a.readyAt > b.readyAt ? 'readyLater' : 'readyEarlier'
  return isSame() ? undefined : 'moved'
}

const fates = ({ input, plan }: Answered): Map<VehicleId, Known> => {
  const planned = byVehicle({ input, plan })
  return new Map(
    input.needs.map(({ id, departs }) => {
      const mine = planned.get(id)
      const fate = { departs, readyAt: readyBy(mine, departs), missingWh: mine?.shortfall?.missingWh ?? 0 }
      return [id, { fate, slotMs: minutes(plan.slotMinutes) }]
    }),
  )
}

const samePower = (vehicle: VehicleId, before: Answered, after: Answered): boolean => {
  const [b, a] = [before, after].map(({ plan }) => plan.allocations.find((each) => each.vehicle === vehicle)?.powerW ?? [])
  const slots = Math.max(b!.length, a!.length)
  return Array.from({ length: slots }, (_, slot) => (b![slot] ?? 0) === (a![slot] ?? 0)).every(Boolean)
}
