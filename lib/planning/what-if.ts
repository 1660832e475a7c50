import { type Instant, latest, minutes } from '#lib/time/instant.ts'
import type { Milliamps, WattHours, Watts } from '#lib/units/units.ts'
import {
  type Need,
  type NodeId,
  type PlanningInput,
  type PlanningNode,
  type PlanningPort,
  type Policy,
  type PortId,
  type Prices,
  slotAt,
  type VehicleId,
} from './input.ts'

/** One thing that a person would like to try. Instants are UTC ms; `until` undefined: for good. */
export type Change =
  | { kind: 'departure'; vehicle: VehicleId; departs: Instant }
  | { kind: 'limit'; node: NodeId; limitW: Watts; from: Instant | undefined; until: Instant | undefined }
  /** `slots`: those whose price is changed. */
  | { kind: 'price'; slots: boolean[]; microPerKwh: number }
  | { kind: 'vehicles'; count: number; node: NodeId; energyWh: WattHours; maxW: Watts; arrives: Instant; departs: Instant }
  | { kind: 'first'; vehicle: VehicleId }
  /** The vehicle stands at another port; who stood there takes its place. */
  | { kind: 'bay'; vehicle: VehicleId; port: PortId }
  | { kind: 'policy'; policy: Policy }
  /** A peak of the month that was made a limit is only an expectation: a new one may be made, at its price. */
  | { kind: 'peak' }

/** Ids of vehicles that are only supposed: `more-1`, `more-2`, … */
const MORE = 'more-'
export const isSupposed = (vehicle: VehicleId): boolean => vehicle.startsWith(MORE)
/** `New 2` for `more-2`. */
export const supposedName = (vehicle: VehicleId): string => `New ${vehicle.slice(MORE.length)}`

/** The planner's question with one thing changed; the question that was asked stays as it was. */
export function changed(input: PlanningInput, change: Change): PlanningInput {
  switch (change.kind) {
    case 'departure':
      return withNeed(input, change.vehicle, (need) => ({ ...need, departs: change.departs }))
    case 'first':
      return withNeed(input, change.vehicle, (need) => ({ ...need, chargeFirst: true }))
    case 'policy':
      return { ...input, policy: change.policy }
    case 'peak':
      return { ...input, prices: { ...input.prices, demand: input.prices.demand.map(({ targetIsHard: _, ...charge }) => charge) } }
    case 'price':
      return { ...input, prices: { ...input.prices, microPerKwh: input.prices.microPerKwh.map(by(change.slots, change.microPerKwh)) } }
    case 'limit':
      return withLimit(input, change)
    case 'bay':
      return swapped(input, change)
    case 'vehicles':
      return withMore(input, change)
  }
}

/** As many slots as a later departure needs. What is known of the last slot holds for those after it; `prices` has a value for each of them. */
export function stretched(input: PlanningInput, slots: number, prices: Prices): PlanningInput {
  if (slots <= input.slots) return input
  const on = <T>(values: T[]): T[] =>
    values.length === 0 ? values : [...values, ...new Array<T>(slots - values.length).fill(values.at(-1) as T)]
  const amperes = (limit: { l1: Milliamps[]; l2: Milliamps[]; l3: Milliamps[] }) => ({
    l1: on(limit.l1),
    l2: on(limit.l2),
    l3: on(limit.l3),
  })
  return {
    ...input,
    slots,
    nodes: input.nodes.map((node) => ({
      ...node,
      limitW: on(node.limitW),
      ...(node.limitMa && { limitMa: amperes(node.limitMa) }),
      ...(node.baseLoadW && { baseLoadW: on(node.baseLoadW) }),
    })),
    ports: input.ports.map((port) => ({
      ...port,
      reservedW: on(port.reservedW),
      ...(port.offline && { offline: { followsW: on(port.offline.followsW) } }),
    })),
    prices,
  }
}

const by =
  (slots: boolean[], to: number) =>
  (value: number, slot: number): number =>
    slots[slot] ? to : value

const withNeed = (input: PlanningInput, vehicle: VehicleId, with_: (need: Need) => Need): PlanningInput => ({
  ...input,
  needs: input.needs.map((need) => (need.id === vehicle ? with_(need) : need)),
})

/**
 * A slot that the change only touches counts whole: of two limits in one slot the lower one holds. A limit for good is the node's usual one:
 * hours in which it is lowered keep that, and a node that is stopped stays so.
 */
function withLimit(input: PlanningInput, { node, limitW, from, until }: Extract<Change, { kind: 'limit' }>): PlanningInput {
  const limits = input.nodes.find(({ id }) => id === node)?.limitW
  const usualW = Math.max(...(limits ?? []))
  const isForGood = from === undefined && until === undefined
  const reach = limits?.map((before, slot) => {
    if (isForGood && before < usualW) return Math.min(before, limitW) as Watts
    const [start, end] = [slotAt(input, slot), slotAt(input, slot + 1)]
    if ((until !== undefined && start >= until) || (from !== undefined && end <= from)) return before
    const whole = (from === undefined || from <= start) && (until === undefined || until >= end)
    return whole ? limitW : (Math.min(before, limitW) as Watts)
  })
  return { ...input, nodes: input.nodes.map((each) => (each.id === node && reach && !each.stopped ? { ...each, limitW: reach } : each)) }
}

function swapped(input: PlanningInput, { vehicle, port }: Extract<Change, { kind: 'bay' }>): PlanningInput {
  const mine = input.needs.find(({ id }) => id === vehicle)?.port
  return {
    ...input,
    needs: input.needs.map((need) => {
      if (need.id === vehicle) return { ...need, port }
      if (need.port !== port) return need
      const { port: _, ...rest } = need
      return mine === undefined ? rest : { ...rest, port: mine }
    }),
  }
}

/** Each with a charger of its own under the node, otherwise like those that are there. */
function withMore(
  input: PlanningInput,
  { count, node, energyWh, maxW, arrives, departs }: Extract<Change, { kind: 'vehicles' }>,
): PlanningInput {
  const like = input.ports.find((port) => pathOf(input.nodes, port.node).includes(node)) ?? input.ports[0]
  const around = input.nodes.find(({ id }) => id === (like?.node ?? node))
  if (!like || !around) return input
  const ids = Array.from({ length: count }, (_, i) => `${MORE}${i + 1}`)
  const limitW = new Array<Watts>(input.slots).fill(maxW)
  const charger = (id: string): PlanningNode => ({ id, parent: node, limitW, volts: around.volts, wiring: around.wiring })
  const { offline: _, ...template } = like
  const port = (id: string): PlanningPort => ({
    ...template,
    id,
    node: id,
    maxW,
    minW: Math.min(like.minW, maxW) as Watts,
    reservedW: limitW.map(() => 0 as Watts),
  })
  const phases = input.needs.find((need) => need.port === like.id)?.phases ?? (like.phases.length as 1 | 2 | 3)
  const need = (id: string): Need => ({
    id,
    port: id,
    arrives: latest(arrives, input.now),
    departs,
    energyWh,
    maxW,
    phases,
    efficiency: input.needs[0]?.efficiency ?? 0.9,
    priority: 0,
    mayPause: true,
  })
  return {
    ...input,
    nodes: [...input.nodes, ...ids.map(charger)],
    ports: [...input.ports, ...ids.map(port)],
    needs: [...input.needs, ...ids.map(need)],
  }
}

/** The node and all above it. */
export const pathOf = (nodes: readonly PlanningNode[], start: NodeId): NodeId[] => {
  const path: NodeId[] = []
  for (let at: NodeId | undefined = start; at !== undefined && !path.includes(at); at = nodes.find(({ id }) => id === at)?.parent)
    path.push(at)
  return path
}

/** The horizon's end of a question. */
export const endOf = (input: Pick<PlanningInput, 'now' | 'slotMinutes' | 'slots'>): Instant => slotAt(input, input.slots)
export const slotsUntil = (input: Pick<PlanningInput, 'now' | 'slotMinutes'>, until: Instant): number =>
  Math.ceil((until - slotAt(input, 0)) / minutes(input.slotMinutes))
