import type { PlanView } from '#lib/api/plan.ts'
import { windowsBetween } from '#lib/energy/tariff.ts'
import { isGuest } from '#lib/fleet/need.ts'
import { newPeakMicro, siteLoad } from '#lib/planning/compare.ts'
import { HORIZON_MS, NO_LIMIT_W } from '#lib/planning/depot-input.ts'
import { slotAt } from '#lib/planning/input.ts'
import { treeOrder } from '#lib/planning/site-tree.ts'
import { type Unmanaged, unmanaged } from '#lib/planning/unmanaged.ts'
import { hours, type Instant, instant, minutes } from '#lib/time/instant.ts'
import { monthPeak } from '#server/energy/month-peak.ts'
import { fleetRows } from '#server/store/fleet-view.ts'
import { limitHoursAhead } from '#server/store/limit-hours.ts'
import { planInForce, type StoredPlan } from '#server/store/plan.ts'
import { planTrouble } from '#server/store/plan-trouble.ts'
import { serviceNode, vehicleQuarters } from '#server/store/site-power.ts'
import { tariffInForce } from '#server/store/tariff.ts'
import { depotPortRows } from '#server/store/view.ts'
import { troubleText } from './alerts-plan.ts'
import { type Departing, departing } from './departures.ts'
import { depotClock } from './depot-clock.ts'
import { shortOfPower } from './plan-bottlenecks.ts'
import { carbonKg, carbonOf, noCarbon } from './plan-carbon.ts'
import { planHolds } from './plan-holds.ts'
import { guestRow, rowOf } from './plan-rows.ts'
import { type PortSurroundings, portView } from './port-view.ts'
import { siteSeries } from './site-series.ts'
import { stopsOf } from './stops.ts'
import { depotRef, type Seeing, surroundings, theDepot } from './views.ts'

const BEFORE_MS = hours(3)
const AFTER_MS = hours(13)

/** The plan of the night: a row a vehicle, the power of the site, prices, and why. @throws Problem `not-found` */
export async function planView(ctx: Seeing, depotId: string): Promise<PlanView> {
  const now = ctx.clock.now()
  const depot = await theDepot(ctx, depotId)
  const [stored, portRowsNow, around, fleet, node, peak, tariff, lowerLimits, trouble] = await Promise.all([
    planInForce(ctx.db, depotId),
    depotPortRows(ctx.db, depotId, now),
    surroundings(ctx, depot),
    fleetRows(ctx.db, depotId, now),
    serviceNode(ctx.db, depotId),
    monthPeak(ctx, depotId, depot.zone),
    tariffInForce(ctx.db.prisma, depotId, now),
    limitHoursAhead(ctx.db.prisma, depotId, now),
    planTrouble(ctx.db, depotId),
  ])
  const ports = portRowsNow.map((row) => portView(row, around, now))
  const leaving = departing(fleet, ports, around, now, HORIZON_MS)
  const from = instant(Math.floor((now - BEFORE_MS) / hours(1)) * hours(1))
  const until = windowEnd(now, leaving)
  const [site, charged] = await Promise.all([
    siteSeries(ctx, depotId, { from, until, node, stored }),
    vehicleQuarters(ctx.db, depotId, from, now),
  ])
  const holds = stored && planHolds(stored, around.names, now)
  const night = stored && unmanaged(stored.input)
  const chargedBy = Map.groupBy(charged, ({ vehicleId }) => vehicleId)
  return {
    depot: depotRef(depot),
    clock: depotClock(ctx, depot),
    planId: stored?.id ?? null,
    madeAt: stored?.asOf ?? null,
    cause: stored?.cause ?? null,
    trouble: trouble ? troubleText(trouble, now, depot.zone) : null,
    stops: stopsOf(around, now).map(({ what, why }) => ({ what, why })),
    policy: depot.policy as PlanView['policy'],
    policyNote: depot.policy === 'greenest' ? noCarbon(stored) : null,
    carbon: carbonOf(stored),
    from,
    until,
    slotMinutes: stored?.plan.slotMinutes ?? 15,
    rows: [
      ...fleet.map((vehicle) => {
        const departure = leaving.find((each) => each.vehicle.id === vehicle.id)
        const port = departure?.port ?? ports.find((each) => each.vehicle?.id === vehicle.id)
        return rowOf({ vehicle, departure, port, stored, around, holds, charged: chargedBy.get(vehicle.id) ?? [], now })
      }),
      ...guestsIn(stored).map((need) => {
        const port = ports.find(({ id }) => id === need.port)
        return guestRow({ need, port, stored, around, holds, now })
      }),
    ],
    site: {
      cap: stored ? withPlannedCap(site.cap, stored) : site.cap,
      base: site.base,
      vehicles: site.vehicles,
      measuredUntil: site.measuredUntil,
      unmanaged: stored && night ? night.powerW.map((powerW, slot) => ({ from: slotAt(stored.input, slot), powerW })) : [],
      peakW: peak.peakW,
    },
    bottlenecks: stored ? shortOfPower(stored, around.names) : [],
    events: stored ? lowered(stored) : [],
    limitHours: lowerLimits.map(({ id, node, limitW, from, until, reason }) => ({ id, node, limitW, from, until, reason })),
    nodes: stored ? limitsOf(stored, around.names) : [],
    prices: tariff
      ? windowsBetween(tariff, from, until, depot.zone).flatMap((part) =>
          part.window ? [{ from: part.from, microPerKwh: part.window.priceMicroPerKwh, window: part.window.name }] : [],
        )
      : [],
    summary: summaryOf(stored, leaving, around, site, night),
  }
}

/** The connection's limit as the plan in force has it, from its first slot on. */
const capInPlan = ({ input }: StoredPlan): number[] => {
  const roots = input.nodes.filter(({ parent }) => parent === undefined)
  return Array.from({ length: input.slots }, (_, slot) => roots.reduce((sum, { limitW }) => sum + (limitW[slot] ?? 0), 0))
}

const withPlannedCap = (cap: { from: number; powerW: number }[], stored: StoredPlan): { from: number; powerW: number }[] => {
  // a connection that is stopped has its limit all the same
  if (stored.input.nodes.some(({ parent, stopped }) => parent === undefined && stopped)) return cap
  const planned = capInPlan(stored)
  const slotMs = minutes(stored.plan.slotMinutes)
  return cap.map(({ from, powerW }) => ({ from, powerW: planned[Math.floor((from - stored.plan.from) / slotMs)] ?? powerW }))
}

/** Hours in which the connection may take less than in others of the plan. */
function lowered(stored: StoredPlan): PlanView['events'] {
  const cap = capInPlan(stored)
  const usual = Math.max(0, ...cap)
  return cap.flatMap((limitW, slot) => {
    if (limitW >= usual || limitW === cap[slot - 1]) return []
    const end = cap.findIndex((other, later) => later > slot && other !== limitW)
    return [{ from: slotAt(stored.input, slot), until: slotAt(stored.input, end < 0 ? cap.length : end), limitW }]
  })
}

/** Nodes of the tree, the connection first, chargers left out; a limit that changes over the night is told by its highest. */
function limitsOf({ input }: StoredPlan, names: Map<string, string>): PlanView['nodes'] {
  const chargers = new Set(input.ports.map(({ node }) => node))
  return treeOrder(input.nodes.map((node) => ({ ...node, parentId: node.parent ?? null, name: names.get(node.id) ?? node.id }))).flatMap(
    ({ node: { id, parent, limitW, name } }) => {
      const most = Math.max(0, ...limitW)
      return (parent !== undefined && chargers.has(id)) || most >= NO_LIMIT_W ? [] : [{ id, name, limitW: most }]
    },
  )
}

/** Vehicles that are not of the fleet, as the plan counts them. */
const guestsIn = (stored: StoredPlan | undefined) =>
  stored?.input.needs.filter(({ id, departs }) => isGuest(id) && departs > stored.input.now) ?? []

/** The whole hour after the last departure that is planned for; at least the night. */
const windowEnd = (now: Instant, leaving: Departing[]): Instant => {
  const last = Math.max(now + AFTER_MS, ...leaving.map(({ departsAt }) => departsAt + minutes(30)))
  return instant(Math.ceil(Math.min(last, now + HORIZON_MS) / hours(1)) * hours(1))
}

function summaryOf(
  stored: StoredPlan | undefined,
  leaving: Departing[],
  around: PortSurroundings,
  site: { base: { powerW: number; from: number }[]; vehicles: { powerW: number }[]; measuredUntil: number },
  night: Unmanaged | undefined,
) {
  const isFine = ({ vehicle, ready: { verdict } }: Departing) =>
    (verdict === 'ready' || verdict === 'onTrack') && around.planned.get(vehicle.id)?.shortfall === undefined
  const guests = guestsIn(stored)
  const ready = leaving.filter(isFine).length + guests.filter(({ id }) => around.planned.get(id)?.shortfall === undefined).length
  const toCome = site.base.flatMap(({ from, powerW }, i) => (from >= site.measuredUntil ? [powerW + site.vehicles[i]!.powerW] : []))
  const energyWh = stored
    ? stored.plan.allocations.reduce((sum, { powerW }) => sum + powerW.reduce((all, w) => all + w, 0) * (stored.plan.slotMinutes / 60), 0)
    : 0
  return {
    ready,
    of: leaving.length + guests.length,
    highestW: Math.max(0, ...toCome),
    costMicro: stored?.plan.costMicro ?? 0,
    newPeakMicro: stored ? newPeakMicro(stored.input, siteLoad(stored)) : 0,
    lowerBoundMicro: Math.round(stored?.plan.lowerBoundMicro ?? 0),
    energyWh: Math.round(energyWh),
    carbonKg: stored ? carbonKg(stored) : null,
    unmanagedW: night?.highestW ?? 0,
    // the same energy at another time; a peak that nobody manages is charged as well
    unmanagedCostMicro: stored && night ? unmanaged(stored.input, stored.plan).costMicro + newPeakMicro(stored.input, night.powerW) : 0,
    gap: stored?.plan.gap ?? 0,
    refined: stored?.refined ?? true,
  }
}
