import type { Need, PlanningInput } from '#lib/planning/input.ts'
import type { Plan } from '#lib/planning/plan-result.ts'
import { type Instant, minutes } from '#lib/time/instant.ts'
import type { WattHours, Watts } from '#lib/units/units.ts'
import { type Seeded, seeded } from './seeded.ts'

/** The same depot `passed` slots later: limits, loads and prices move up, the last of each goes on. */
export const passedBy = (input: PlanningInput, passed: number): PlanningInput => {
  const shift = <T>(values: T[]): T[] => [...values.slice(passed), ...new Array<T>(Math.min(passed, values.length)).fill(values.at(-1)!)]
  return {
    ...input,
    now: (input.now + passed * minutes(input.slotMinutes)) as Instant,
    nodes: input.nodes.map((node) => ({
      ...node,
      limitW: shift(node.limitW),
      ...(node.limitMa ? { limitMa: { l1: shift(node.limitMa.l1), l2: shift(node.limitMa.l2), l3: shift(node.limitMa.l3) } } : {}),
      ...(node.baseLoadW ? { baseLoadW: shift(node.baseLoadW) } : {}),
    })),
    ports: input.ports.map((port) => ({ ...port, reservedW: shift(port.reservedW) })),
    prices: {
      ...input.prices,
      microPerKwh: shift(input.prices.microPerKwh),
      ...(input.prices.carbonGPerKwh ? { carbonGPerKwh: shift(input.prices.carbonGPerKwh) } : {}),
      demand: input.prices.demand.map((charge) => ({ ...charge, slots: shift(charge.slots) })),
    },
  }
}

/** A few minutes later: the plan was followed, and one thing happened that nobody had foreseen. */
export const afterAnEvent = (before: PlanningInput, plan: Plan, seed: number): PlanningInput => {
  const random = seeded(seed)
  const passed = random.whole(0, 3)
  const input = { ...passedBy(before, passed), needs: chargedUntil(before, plan, passed), previous: plan }
  return random.pick(EVENTS)(input, random)
}

/** What each vehicle still needs when its plan was followed for so many slots. */
const chargedUntil = ({ needs, slotMinutes, now }: PlanningInput, { from, allocations }: Plan, passed: number): Need[] => {
  const powerOf = new Map(allocations.map(({ vehicle, powerW }) => [vehicle, powerW]))
  return needs.map((need) => {
    const powerW = powerOf.get(need.id) ?? []
    let gotWh = 0
    for (let t = 0; t <= passed; t += 1) {
      // the slot under way was under way then too
      const start = Math.max(from + t * minutes(slotMinutes), now, need.arrives)
      const end = Math.min(from + (t + 1) * minutes(slotMinutes), now + passed * minutes(slotMinutes), need.departs)
      gotWh += ((powerW[t] ?? 0) * Math.max(0, end - start)) / 3_600_000
    }
    return { ...need, energyWh: Math.max(0, Math.round(need.energyWh - gotWh * need.efficiency)) as WattHours }
  })
}

type Event = (input: PlanningInput, random: Seeded) => PlanningInput

const toOne =
  (change: (need: Need, input: PlanningInput) => Need[]): Event =>
  (input, random) => {
    const one = random.pick(input.needs)
    return { ...input, needs: input.needs.flatMap((need) => (need === one ? change(need, input) : [need])) }
  }

const EVENTS: Event[] = [
  toOne(() => []),
  toOne((need, { now }) => [{ ...need, departs: Math.max(now + minutes(10), need.departs - minutes(60)) as Instant }]),
  toOne((need) => [{ ...need, departs: (need.departs + minutes(60)) as Instant }]),
  toOne((need) => [{ ...need, energyWh: Math.round(need.energyWh * 1.3 + 1000) as WattHours }]),
  toOne((need, { now }) => [{ ...need, arrives: Math.min(now, need.arrives) as Instant }]),
  // the grid takes a little for a while
  (input, random) => {
    const until = random.whole(1, input.slots)
    const cut = (w: Watts, t: number) => (t < until ? Math.round(w * 0.97) : w) as Watts
    return { ...input, nodes: input.nodes.map((node) => (node.parent === undefined ? { ...node, limitW: node.limitW.map(cut) } : node)) }
  },
]
