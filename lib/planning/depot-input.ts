import { hours, type Instant, latest, minutes } from '#lib/time/instant.ts'
import type { Phase, Watts } from '#lib/units/units.ts'
import { type Curve, curveFromSlots, curveOf, highestIn, valueAt } from './curve.ts'
import { type DepotFacts, type FactNode, holdingOf, pathsIn } from './depot-facts.ts'
import { reservedW } from './envelope.ts'
import { heldOf } from './held.ts'
import { firstSlotAt, type Need, type PlanningInput, type PlanningNode, type Policy, type PortId, type Prices, slotAt } from './input.ts'
import { lowestIn } from './limit-hours.ts'
import { loadsOf, phasesInSlot, powerInSlot } from './phase-limits.ts'
import { partsOn } from './phase-parts.ts'
import type { Plan } from './plan-result.ts'
import { BLOCK_PERIODS } from './profile.ts'

export const SLOT_MINUTES = 15
const SLOT_MS = minutes(SLOT_MINUTES)
/** How far a plan reaches at most: vehicles that come home on Friday evening leave on Monday morning. */
export const HORIZON_MS = hours(72)
export const MOST_SLOTS = HORIZON_MS / SLOT_MS
/** … and where nobody is known to leave. */
const SLOTS_OF_A_DAY = hours(24) / SLOT_MS
/** A node without a limit of its own: what it has where others have one (a plan in force knows no other). */
export const NO_LIMIT_W = 1_000_000_000 as Watts
/** Periods that steering may add to a plan: hand-over between ports, and the offline level. */
const SPARE_PERIODS = 3

/** Slots from now to the last departure that is known, at most `MOST_SLOTS`; a day when nobody leaves. */
export const slotsFor = (now: Instant, departures: Instant[]): number => {
  const ahead = departures.filter((at) => at > now)
  if (ahead.length === 0) return SLOTS_OF_A_DAY
  return Math.min(MOST_SLOTS, Math.max(4, Math.ceil((latest(...ahead) - firstSlotAt(now, SLOT_MINUTES)) / SLOT_MS)))
}

/** The planner's question, from what is known of the depot. `prices` has a value per slot. */
export function depotInput(
  facts: DepotFacts,
  { needs, slots, prices, policy, previous }: { needs: Need[]; slots: number; prices: Prices; policy: Policy; previous?: Plan },
): PlanningInput {
  const { now, skewMs } = facts
  const from = firstSlotAt(now, SLOT_MINUTES)
  const start = (slot: number) => latest(now, slotAt({ now, slotMinutes: SLOT_MINUTES }, slot))
  const end = (slot: number) => slotAt({ now, slotMinutes: SLOT_MINUTES }, slot + 1)
  const perSlot = (curve: Curve) => Array.from({ length: slots }, (_, slot) => highestIn(curve, start(slot), end(slot)))
  const perSlotLowest = (curve: Curve) => Array.from({ length: slots }, (_, slot) => lowestIn(curve, start(slot), end(slot)))
  const constant = (value: Watts) => new Array<Watts>(slots).fill(value)
  const loads = loadsOf(facts.nodes)
  const pathTo = pathsIn(facts.nodes)
  /** Power, and amperes on each phase where they are limited. */
  const limitsOf = (node: FactNode): Pick<PlanningNode, 'limitW' | 'limitMa'> => {
    const { limitMa, limit, limitW, stopped } = node
    const power = limit && !stopped ? perSlotLowest(limit) : constant(stopped ? (0 as Watts) : (limitW ?? NO_LIMIT_W))
    if (limitMa === undefined || stopped) return { limitW: power }
    const inSlots = loads(node.id).map((load) => ({ load, perSlotW: perSlot(load.baseLoad) }))
    const inSlot = (slot: number) => inSlots.map(({ load, perSlotW }) => ({ load, loadW: perSlotW[slot]! }))
    const parts = facts.ports.flatMap((port) =>
      port.linesKnown === false && pathTo(port.node).includes(node.id) ? [partsOn(undefined, port.points.circuit).l1] : [],
    )
    if (parts.length > 0) {
      const highest = Math.max(...parts)
      return { limitW: power.map((w, slot) => Math.min(w, powerInSlot(limitMa, inSlot(slot), highest)) as Watts) }
    }
    const phases = Array.from({ length: slots }, (_, slot) => phasesInSlot(node, limitMa, inSlot(slot)))
    const on = (phase: Phase) => phases.map((each) => each[phase])
    return { limitW: power, limitMa: { l1: on('l1'), l2: on('l2'), l3: on('l3') } }
  }
  return {
    now,
    slotMinutes: SLOT_MINUTES,
    slots,
    nodes: facts.nodes.map((node) => ({
      id: node.id,
      ...(node.parent === undefined ? {} : { parent: node.parent }),
      ...limitsOf(node),
      ...(node.baseLoad.beforeW === 0 && node.baseLoad.steps.length === 0 ? {} : { baseLoadW: perSlot(node.baseLoad) }),
      volts: node.volts,
      wiring: node.wiring,
      ...(node.stoppedBy && { stopped: node.stoppedBy }),
    })),
    ports: facts.ports.map((port) => {
      const held = port.online ? heldOf(port) : undefined
      // a charger that took its fallback follows it in seconds: no plan is made for that moment
      const holding = holdingOf(port, pathTo(port.node), latest(now, port.fallbackCountsAt ?? now))
      const last = port.limits.findLast(({ outcome }) => outcome === 'accepted')
      return {
        id: port.id,
        node: port.node,
        maxW: port.mostW,
        minW: port.points.minW,
        stepMa: port.points.stepMa,
        phases: port.phases,
        // what a charger does not hold of a block is sent when it is due (wanted.ts)
        maxPeriods: Math.max(BLOCK_PERIODS, port.maxPeriods - SPARE_PERIODS),
        reservedW: port.known
          ? reservedW(holding, { now, from, slotMs: SLOT_MS, slots, skewMs, reachable: port.online })
          : constant(0 as Watts),
        ...(port.online && !held
          ? {}
          : {
              offline: {
                ...(held && { held }),
                followsW: Array.from({ length: slots }, (_, slot) =>
                  !port.known || port.inoperative || port.sessions.length === 0
                    ? (0 as Watts)
                    : valueAt(last?.curve ?? curveOf(port.fallbackW, []), start(slot)),
                ),
              },
            }),
      }
    }),
    needs,
    prices,
    policy,
    ...(previous ? { previous } : {}),
  }
}

/**
 * What each port should follow for its part of the plan, as one open-ended curve. Where a fallback is stored, the curve ends in it:
 * so a charger whose server dies follows the plan and then its fallback. That end keeps still for hours, so that no minute rewrites it.
 */
export function wantedCurves(plan: Plan, now: Instant, ports: { id: PortId; fallbackW: Watts }[]): Map<PortId, Curve> {
  const slotMs = minutes(plan.slotMinutes)
  return new Map(
    ports.map(({ id, fallbackW }) => {
      const powers = plan.allocations.filter(({ port }) => port === id).map(({ powerW }) => powerW)
      const last = Math.max(-1, ...powers.map((power) => power.findLastIndex((w) => w > 0)))
      const values = Array.from({ length: last + 1 }, (_, slot) => Math.max(...powers.map((power) => power[slot] ?? 0)) as Watts)
      const curve = curveFromSlots(plan.from, slotMs, values, values[0] ?? (0 as Watts), 0 as Watts)
      if (fallbackW === 0) return [id, curve]
      const calm = (Math.ceil((now + hours(12)) / hours(6)) * hours(6)) as Instant
      const tail = latest(calm, (plan.from + values.length * slotMs) as Instant)
      return [id, curveOf(curve.beforeW, [...curve.steps, { from: tail, limitW: fallbackW }])]
    }),
  )
}
