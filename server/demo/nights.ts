import { pricePerSlot, type Tariff } from '#lib/energy/tariff.ts'
import { firmLimitW, ratingOf } from '#lib/planning/firm-limit.ts'
import { firstSlotAt, type Need, type PlanningInput } from '#lib/planning/input.ts'
import { plan } from '#lib/planning/plan.ts'
import type { Plan } from '#lib/planning/plan-result.ts'
import { hours, type Instant, type Interval, instant, minutes, plus } from '#lib/time/instant.ts'
import { milliamps, wattHours, watts } from '#lib/units/units.ts'
import { makeVehicle, type Vehicle } from '#server/simulator/vehicle.ts'
import { warehouseLoad } from './base-load.ts'
import { chargers, type DemoDuty, demoDuties, demoZone, siteNodes, tagOf, vans } from './depot.ts'
import { random } from './random.ts'

// The nights before the demo's first start: real duties, the simulator's vehicles, the depot's own planner; a minute a step.

export type PastSession = {
  van: number
  /** What it charged for, and its charge when it left. */
  duty: DemoDuty
  leftWithPct: number
  chargerId: string
  idTag: string
  startedAt: Instant
  stoppedAt: Instant
  energyWh: number
  /** First minute with power; null: none flowed. */
  poweredAt: Instant | null
  /** What the plan promised when the vehicle was accepted; null: power at once. */
  promisedAt: Instant | null
  /** Energy since the start of the session. */
  readings: { at: Instant; energyWh: number; powerW: number; socPct: number }[]
}

type Van = {
  n: number
  vehicle: Vehicle
  open: PastSession | null
  duty: DemoDuty | null
  powerW: number
  limitW: number
  lastReadingAt: Instant
}

const STEP = minutes(1)
const SLOT = 15 as const
const SLOTS = 72

/** Every session of `[from, until)` that also ended in it, in the order of their ends. */
export function pastSessions(span: Interval, tariff: Tariff, seed = 7): PastSession[] {
  const done: PastSession[] = []
  let previous: Plan | undefined
  const rest = demoDuties({ from: plus(span.from, -hours(24)), until: plus(span.until, hours(48)) }, seed)
  const late = random(seed)
  const fleet: Van[] = vans.map((van, index) => ({
    n: index + 1,
    vehicle: makeVehicle(vehicleModel(van), { storedWh: van.batteryWh * 0.45, odometerM: 20_000_000 }),
    open: null,
    duty: null,
    powerW: 0,
    limitW: 0,
    lastReadingAt: span.from,
  }))
  const plugAt = new Map(rest.map((duty) => [duty.id, plus(duty.returnsAt, minutes(2 + Math.floor(late() * late() * 40)))]))
  for (let now = instant(Math.ceil(span.from / minutes(SLOT)) * minutes(SLOT)); now < span.until; now = plus(now, STEP)) {
    let changed = now % minutes(SLOT) === 0
    for (const van of fleet) {
      const id = vans[van.n - 1]!.id
      const next = rest.find((duty) => duty.vehicleId === id && duty.departsAt > now && !(van.duty && duty.id === van.duty.id))
      const back = rest.find(
        (duty) => duty.vehicleId === id && duty.departsAt <= now && plugAt.get(duty.id)! <= now && now < plus(plugAt.get(duty.id)!, STEP),
      )
      const leaves = rest.find((duty) => duty.vehicleId === id && duty.departsAt <= now && now < plus(duty.departsAt, STEP))
      if (leaves && van.open) {
        finish(van, now, done)
        van.vehicle.drive(leaves.energyWh / 1.15, leaves.distanceM)
        changed = true
      }
      if (back && !van.open && next) {
        van.open = {
          van: van.n,
          duty: next,
          leftWithPct: 0,
          chargerId: chargers[van.n - 1]!.id,
          idTag: tagOf(van.n),
          startedAt: now,
          stoppedAt: now,
          energyWh: 0,
          poweredAt: null,
          promisedAt: null,
          readings: [],
        }
        van.duty = next
        van.lastReadingAt = now
        changed = true
      }
    }
    if (changed) previous = steer(fleet, now, tariff, previous)
    for (const van of fleet) charge(van, now)
  }
  return done.sort((a, b) => a.stoppedAt - b.stoppedAt)
}

function steer(fleet: Van[], now: Instant, tariff: Tariff, previous: Plan | undefined): Plan {
  const result = plan({ ...planningInput(fleet, now, tariff), ...(previous ? { previous } : {}) })
  for (const van of fleet) {
    if (!van.open) continue
    const powerW = result.allocations.find((each) => each.vehicle === vans[van.n - 1]!.id)?.powerW ?? []
    van.limitW = powerW[0] ?? 0
    // a plan that is made anew before its promise is due may move it (docs/kpis.md)
    if (van.open.poweredAt !== null || (van.open.startedAt !== now && (van.open.promisedAt ?? now) <= now)) continue
    const first = powerW.findIndex((each) => each > 0)
    if (first > 0) van.open.promisedAt = plus(firstSlotAt(now, SLOT), first * minutes(SLOT))
    else if (first === 0 && van.open.startedAt !== now) van.open.promisedAt = now
  }
  return result
}

function charge(van: Van, now: Instant): void {
  if (!van.open) return
  van.powerW = Math.round(Math.min(van.limitW, van.vehicle.load.wantsW()))
  const energyWh = (van.powerW * STEP) / hours(1)
  van.vehicle.load.take(energyWh)
  van.open.energyWh += energyWh
  if (van.powerW > 0) van.open.poweredAt ??= now
  const at = plus(now, STEP)
  // as energy begins, every five minutes while charging, and at each quarter hour as ClockAlignedDataInterval asks
  const due = van.open.poweredAt === now || at % minutes(SLOT) === 0 || (van.powerW > 0 && at - van.lastReadingAt >= minutes(5))
  if (!due) return
  van.lastReadingAt = at
  van.open.readings.push({
    at,
    energyWh: Math.round(van.open.energyWh),
    powerW: van.powerW,
    socPct: Math.round(van.vehicle.soc() * 1000) / 10,
  })
}

function finish(van: Van, now: Instant, done: PastSession[]): void {
  done.push({
    ...van.open!,
    stoppedAt: now,
    energyWh: Math.round(van.open!.energyWh),
    leftWithPct: Math.round(van.vehicle.soc() * 1000) / 10,
  })
  van.open = null
  van.duty = null
  van.powerW = 0
}

function planningInput(fleet: Van[], now: Instant, tariff: Tariff): PlanningInput {
  const first = instant(Math.floor(now / minutes(SLOT)) * minutes(SLOT))
  const load = warehouseLoad({ from: first, until: plus(first, SLOTS * minutes(SLOT)) }, demoZone)
  const nodes = siteNodes()
  const each = <T>(value: T): T[] => Array.from({ length: SLOTS }, () => value)
  return {
    now,
    slotMinutes: SLOT,
    slots: SLOTS,
    nodes: nodes.map((node) => ({
      id: node.id,
      ...(node.parentId ? { parent: node.parentId } : {}),
      limitW: each(firmLimit(node)),
      ...(node.id === 'service'
        ? { baseLoadW: each(0).map((_, slot) => watts(load.findLast((row) => row.startsAt <= first + slot * minutes(SLOT))?.upperW ?? 0)) }
        : {}),
      volts: node.volts,
      wiring: 'L-L' as const,
    })),
    ports: chargers.map(({ nodeId, port }) => ({
      id: port.id,
      node: nodeId,
      maxW: port.maxW,
      minW: watts(port.minW),
      stepMa: milliamps(port.stepMa),
      phases: ['l1' as const],
      maxPeriods: 20,
      reservedW: each(watts(0)),
    })),
    needs: fleet.flatMap((van) => need(van, now)),
    prices: { microPerKwh: pricePerSlot(tariff, first, SLOT, SLOTS, demoZone), demand: [] },
    policy: 'cheapest',
  }
}

function need(van: Van, now: Instant): Need[] {
  const { open, duty, vehicle } = van
  const { id, homePortId, batteryWh, targetSocPct, maxW } = vans[van.n - 1]!
  if (!open || !duty) return []
  const stored = vehicle.state().storedWh
  const target = (batteryWh * targetSocPct) / 100
  const energyWh = Math.max(0, Math.min(duty.energyWh, target) - stored)
  const extraWh = Math.max(0, target - Math.max(stored, Math.min(duty.energyWh, target)))
  return [
    {
      id,
      port: homePortId,
      arrives: now,
      departs: duty.departsAt,
      energyWh: wattHours(energyWh),
      extraWh: wattHours(extraWh),
      maxW,
      phases: 1,
      efficiency: vehicle.model.efficiency,
      priority: 0,
      mayPause: true,
    },
  ]
}

export const vehicleModel = (van: (typeof vans)[number]) => ({
  id: van.id,
  batteryWh: van.batteryWh,
  maxPowerW: van.maxW,
  phases: 1 as const,
  efficiency: van.efficiencyPermille / 1000,
  taperFrom: 0.85,
  taperEnd: 0.15,
})

const firmLimit = (node: ReturnType<typeof siteNodes>[number]) => firmLimitW(ratingOf({ ...node, phaseLimitMa: null })) ?? watts(0)
