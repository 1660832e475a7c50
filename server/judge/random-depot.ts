import type { Need, PlanningInput, PlanningNode, PlanningPort } from '#lib/planning/input.ts'
import { slotAt } from '#lib/planning/input.ts'
import { type Instant, instant, minutes } from '#lib/time/instant.ts'
import { type Milliamps, milliamps, type Phase, type Watts, wattHours, watts } from '#lib/units/units.ts'
import { type Seeded, seeded } from './seeded.ts'

// Small depots of every kind, for property tests: a pure network (one phase system, limits in kW, fine steps, whole slots) or anything that the
// form allows, the odd corners more often than in real depots.

const START = instant('2026-11-23T16:00:00Z')
const TURNS: Phase[][] = [
  ['l1', 'l2', 'l3'],
  ['l2', 'l3', 'l1'],
  ['l3', 'l1', 'l2'],
  ['l1', 'l2'],
  ['l2', 'l3'],
  ['l3', 'l1'],
  ['l1'],
  ['l3'],
]

/** The depot of a seed; `pure`: what it delivers can be told by a maximum flow. */
export const randomDepot = (seed: number): { input: PlanningInput; pure: boolean } => {
  const random = seeded(seed)
  const pure = random.chance(0.35)
  const slotMinutes = random.pick([5, 15] as const)
  const slots = random.whole(6, 36)
  const now = (START + random.whole(0, 12) * minutes(15) + (pure ? 0 : random.whole(0, minutes(slotMinutes) - 1))) as Instant
  const time = { now, slotMinutes, slots } as const
  const wiring = random.pick(['L-N', 'L-L'] as const)
  const volts = wiring === 'L-N' ? random.pick([230, 277]) : random.pick([208, 240, 400])
  const nodes = Array.from({ length: random.whole(1, 5) }, (_, i) => nodeOf(random, { i, pure, volts, wiring, time }))
  const ports = Array.from({ length: random.whole(1, 6) }, (_, i) => portOf(random, { i, pure, nodes, slots }))
  const needs = ports.flatMap((port, i) => needsOf(random, { i, pure, port, time }))
  return {
    input: { ...time, nodes, ports, needs, prices: pricesOf(random, slots, pure), policy: pure ? 'cheapest' : random.pick(POLICIES) },
    pure,
  }
}
const POLICIES = ['cheapest', 'cheapest', 'cheapest', 'readyFirst', 'greenest'] as const

const PURE: Record<'L-N' | 'L-L', Phase[]> = { 'L-N': ['l1'], 'L-L': ['l1', 'l2'] }

type Time = Pick<PlanningInput, 'now' | 'slotMinutes' | 'slots'>

function nodeOf(
  random: Seeded,
  { i, pure, volts, wiring, time }: { i: number; pure: boolean; volts: number; wiring: 'L-N' | 'L-L'; time: Time },
): PlanningNode {
  const kw = random.whole(2, i === 0 ? 60 : 30)
  const [dip, until, depth] = [random.whole(0, time.slots), random.whole(0, time.slots), random.pick([1, 1, 1, 0.6, 0.3, 0])]
  const limitW = perSlot<Watts>(time.slots, (t) => kw * 1000 * (t >= dip && t < until ? depth : 1))
  const amps = () =>
    new Array<Milliamps>(time.slots).fill(
      milliamps((kw * 1000 * 1000 * random.between(0.7, 1.6)) / (wiring === 'L-N' ? volts * 3 : volts * Math.sqrt(3))),
    )
  const baseKw = random.chance(0.4) ? random.between(0, kw * 0.4) : 0
  return {
    id: `n${i}`,
    ...(i === 0 ? {} : { parent: `n${random.whole(0, i - 1)}` }),
    limitW,
    ...(!pure && random.chance(0.5) ? { limitMa: { l1: amps(), l2: amps(), l3: amps() } } : {}),
    ...(baseKw > 0 ? { baseLoadW: perSlot<Watts>(time.slots, () => baseKw * 1000 * random.between(0.5, 1)) } : {}),
    volts,
    wiring,
  }
}

function portOf(
  random: Seeded,
  { i, pure, nodes, slots }: { i: number; pure: boolean; nodes: PlanningNode[]; slots: number },
): PlanningPort {
  const node = random.pick(nodes)
  const phases = pure ? PURE[node.wiring] : random.pick(node.wiring === 'L-L' ? TURNS.slice(0, 6) : TURNS)
  const perAmp = perAmpOf(node, phases.length)
  const amps = random.pick([16, 32, 40])
  // a model may have a minimum of its own, as DC chargers do
  const least = pure ? 0.001 : random.pick([6, 6, 6, 10])
  return {
    id: `p${i}`,
    node: node.id,
    maxW: watts(Math.floor(amps * perAmp)),
    minW: watts(Math.max(1, Math.floor(least * perAmp))),
    stepMa: pure ? milliamps(1) : random.pick([milliamps(1000), milliamps(1000), milliamps(100), milliamps(500)]),
    phases,
    maxPeriods: pure ? slots + 1 : random.pick([4, 8, 20]),
    reservedW: random.chance(0.2) ? perSlot<Watts>(slots, () => Math.floor(6 * perAmp)) : [],
    ...(!pure && random.chance(0.05) ? { offline: { followsW: perSlot<Watts>(slots, () => Math.floor(6 * perAmp)) } } : {}),
  }
}

function needsOf(random: Seeded, { i, pure, port, time }: { i: number; pure: boolean; port: PlanningPort; time: Time }): Need[] {
  const span = random.whole(1, time.slots + (pure ? 0 : 4))
  const from = random.pick([-3, 0, 0, random.whole(0, time.slots)])
  const first = needOf(
    random,
    `v${i}`,
    pure,
    port,
    slotAt(time, from),
    slotAt(time, Math.max(1, Math.min(from + span, pure ? time.slots : from + span))),
    time,
  )
  if (pure || !random.chance(0.15)) return [first]
  // another one comes to the same port when the first has left
  const next = slotAt(time, Math.max(from + span, 0) + random.whole(0, 3))
  return [first, needOf(random, `w${i}`, pure, port, next, (next + minutes(time.slotMinutes) * random.whole(1, 12)) as Instant, time)]
}

function needOf(random: Seeded, id: string, pure: boolean, port: PlanningPort, arrives: Instant, departs: Instant, time: Time): Need {
  const blur = () => (pure ? 0 : random.pick([0, random.whole(0, minutes(time.slotMinutes) - 1)]))
  const maxW = random.chance(0.3) ? watts(port.maxW * random.between(0.3, 1)) : port.maxW
  const stay = Math.max(0, departs - Math.max(arrives, time.now)) / 3_600_000
  const energyWh = wattHours(random.chance(0.1) ? 0 : maxW * stay * random.pick([0.2, 0.5, 0.8, 1, 1.4]) * random.between(0.8, 1))
  const free = !pure
  return {
    id,
    ...(free && random.chance(0.05) ? {} : { port: port.id }),
    arrives: (arrives + blur()) as Instant,
    departs: (departs + blur()) as Instant,
    energyWh,
    ...(free && random.chance(0.2) ? { extraWh: wattHours(random.whole(500, 8_000)) } : {}),
    maxW,
    ...(free && random.chance(0.1)
      ? {
          taper: [
            { afterWh: wattHours(energyWh * 0.6), maxW: watts(maxW * 0.7) },
            { afterWh: wattHours(energyWh * 0.85), maxW: watts(maxW * 0.4) },
          ],
        }
      : {}),
    phases: pure ? 1 : random.pick([1, 1, 3, 3, 2] as const),
    efficiency: random.pick([1, 0.92, 0.85]),
    priority: random.pick([0, 0, 0, 1, 2]),
    ...(free && random.chance(0.06) ? { chargeFirst: true } : {}),
    mayPause: !free || random.chance(0.8),
  }
}

function pricesOf(random: Seeded, slots: number, pure: boolean): PlanningInput['prices'] {
  const levels = random.pick([1, 2, 4, slots])
  const low = pure || random.chance(0.8) ? 30_000 : -50_000
  const steps = Array.from({ length: levels }, () => random.whole(low, 400_000))
  const windows = pure ? random.pick([0, 1, 1]) : random.pick([0, 1, 1, 2, 3])
  return {
    microPerKwh: perSlot(slots, (t) => steps[Math.floor((t * levels) / slots)]!),
    ...(!pure && random.chance(0.3) ? { reserveMicroPerKwh: random.whole(50_000, 300_000) } : {}),
    carbonGPerKwh: perSlot(slots, () => random.whole(20, 600)),
    demand: Array.from({ length: windows }, (_, k) => {
      const from = k === 0 ? 0 : random.whole(0, slots)
      return {
        microPerKw: random.whole(50_000, 15_000_000),
        slots: Array.from({ length: slots }, (_, t) => t >= from),
        peakSoFarW: watts(random.pick([0, random.whole(0, 20_000)])),
        ...(!pure && random.chance(0.2)
          ? { targetW: watts(random.whole(0, 40_000)), ...(random.chance(0.3) ? { targetIsHard: true } : {}) }
          : {}),
      }
    }),
  }
}

const perAmpOf = ({ volts, wiring }: PlanningNode, phases: number): number => {
  if (wiring === 'L-N') return volts * phases
  return phases === 3 ? volts * Math.sqrt(3) : volts
}
const perSlot = <T extends number>(slots: number, of: (t: number) => number): T[] =>
  Array.from({ length: slots }, (_, t) => Math.round(of(t)) as T)

/** What shrinks a depot without making another one of it. */
const withoutSome = (input: PlanningInput): PlanningInput[] => [
  ...input.needs.map((_, i) => ({ ...input, needs: input.needs.filter((_, j) => j !== i) })),
  ...input.ports
    .filter(({ id }) => !input.needs.some(({ port }) => port === id))
    .map(({ id }) => ({ ...input, ports: input.ports.filter((port) => port.id !== id) })),
  ...input.nodes
    .filter(
      ({ id, parent }) =>
        parent !== undefined && !input.nodes.some((node) => node.parent === id) && !input.ports.some(({ node }) => node === id),
    )
    .map(({ id }) => ({ ...input, nodes: input.nodes.filter((node) => node.id !== id) })),
  ...input.nodes.flatMap((node, i) =>
    (['limitMa', 'baseLoadW'] as const).flatMap((field) =>
      node[field] ? [{ ...input, nodes: input.nodes.with(i, { ...node, [field]: undefined }) }] : [],
    ),
  ),
  ...input.ports.flatMap((port, i) =>
    port.reservedW.length > 0 ? [{ ...input, ports: input.ports.with(i, { ...port, reservedW: [] as Watts[] }) }] : [],
  ),
  ...input.needs.flatMap((need, i) =>
    (['extraWh', 'taper', 'chargeFirst'] as const).flatMap((field) =>
      need[field] ? [{ ...input, needs: input.needs.with(i, { ...need, [field]: undefined }) }] : [],
    ),
  ),
  ...input.prices.demand.map((_, k) => ({ ...input, prices: { ...input.prices, demand: input.prices.demand.filter((_, j) => j !== k) } })),
  ...(input.previous ? [{ ...input, previous: undefined }] : []),
]

/** The smallest depot found that still `fails`. */
export const smallest = (input: PlanningInput, fails: (input: PlanningInput) => boolean): PlanningInput => {
  for (let at = input; ; ) {
    const smaller = withoutSome(at).find(fails)
    if (!smaller) return at
    at = smaller
  }
}
