import type { PlanningInput, PlanningPort } from '#lib/planning/input.ts'
import type { Plan } from '#lib/planning/plan-result.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Milliamps, WattHours, Watts } from '#lib/units/units.ts'
import type { Question } from '../judge/question.ts'

// A half-month lived online: at each slot only what has happened is known (and what a schedule says of what is to come); the planner is asked
// at every arrival and departure, and its plan is followed until the next one.

/** A vehicle's stay as it turns out to be. What a schedule said of it before it came, if there was one. */
export type Visit = {
  id: string
  port: string
  arrives: number
  departs: number
  energyWh: number
  maxW: number
  /** What was expected; a visit that never comes has `comes: false`. */
  expected?: { arrives: number; energyWh: number }
  comes?: boolean
}
export type World = {
  from: number
  slots: number
  /** The site as a question without vehicles: nodes and ports hold one value, which is right for every slot. */
  node: { limitW: number; volts: number; wiring: 'L-N' | 'L-L' }
  port: { maxW: number; minW: number; phases: ('l1' | 'l2' | 'l3')[] }
  efficiency: number
  visits: Visit[]
  microPerKwh: number[]
  baseW: number[]
  microPerKw: number
}
export type Lived = {
  costMicro: number
  energyMicro: number
  peakW: number
  missingWh: number
  deliveredWh: number
  short: number
  plans: number
  loadW: number[]
}

const SLOT_MS = 300_000
const HOURS = 1 / 12
/** A schedule is looked at so far ahead. */
const AHEAD_MS = 12 * 3_600_000

/** What lies before a moment: visits that began before the day of `now`, those that are still there as if they left now. */
export type Past = { now: number; visits: Visit[] }
/** How the question of a moment is put to the planner, from what is known then. */
export type Learner = { asked(input: PlanningInput, past: Past): PlanningInput }

/** `keeps`: each plan is told the one before, whose promises it keeps. */
export const live = (
  world: World,
  planner: (input: PlanningInput) => Plan,
  { learner, keeps, horizon = 288 }: { learner?: Learner; keeps: boolean; horizon?: number },
): Lived => {
  const left = new Map(world.visits.map((visit) => [visit.id, visit.energyWh / world.efficiency]))
  const loadW = world.baseW.slice(0, world.slots)
  let [peakW, energyMicro, plans] = [0, 0, 0]
  let current: { plan: Plan; from: number; until: number } | undefined
  for (let t = 0; t < world.slots; t++) {
    const now = world.from + t * SLOT_MS
    const happened = world.visits.some(
      ({ arrives, departs, expected, comes }) =>
        (comes !== false && (arrives === now || departs === now)) ||
        (expected && (expected.arrives === now || expected.arrives - AHEAD_MS === now)),
    )
    if (happened || t === current?.until) {
      const input = questionAt(world, t, left, { peakW, horizon, previous: keeps ? current?.plan : undefined })
      current = input && { plan: planner(learner?.asked(input, pastOf(world, now)) ?? input), from: t, until: t + input.slots }
      plans += 1
    }
    for (const { vehicle, powerW } of current?.plan.allocations ?? []) {
      const visit = world.visits.find(({ id }) => id === vehicle)
      if (!visit || visit.comes === false || visit.arrives > now || visit.departs <= now) continue
      const taken = Math.min(left.get(vehicle)!, (powerW[t - current!.from] ?? 0) * HOURS)
      left.set(vehicle, left.get(vehicle)! - taken)
      loadW[t]! += taken / HOURS
      energyMicro += (taken / 1000) * world.microPerKwh[t]!
    }
    peakW = Math.max(peakW, Math.ceil(loadW[t]! - 1e-6))
  }
  const missing = world.visits.flatMap(({ id, comes, energyWh }) => {
    const wh = left.get(id)! * world.efficiency
    return comes !== false && wh > Math.min(50, energyWh / 100) ? [wh] : []
  })
  const peak = Math.max(...loadW)
  return {
    energyMicro,
    peakW: peak,
    costMicro: energyMicro + (peak / 1000) * world.microPerKw,
    missingWh: missing.reduce((sum, wh) => sum + wh, 0),
    deliveredWh: world.visits.reduce((sum, { id, energyWh }) => sum + energyWh - left.get(id)! * world.efficiency, 0),
    short: missing.length,
    plans,
    loadW,
  }
}

const DAY_MS = 86_400_000

const pastOf = ({ from, visits }: World, now: number): Past => {
  const today = from + Math.floor((now - from) / DAY_MS) * DAY_MS
  return {
    now,
    visits: visits
      .filter(({ arrives, comes }) => comes !== false && arrives < today)
      .map((visit) => ({ ...visit, departs: Math.min(visit.departs, now) })),
  }
}

type Standing = { peakW: number; horizon: number; previous: Plan | undefined }

/** What is known at a slot: who is there and what is still missing; who is expected within the horizon. */
function questionAt(world: World, t: number, left: Map<string, number>, { peakW, horizon, previous }: Standing): PlanningInput | undefined {
  const now = world.from + t * SLOT_MS
  const here = world.visits.filter(
    ({ id, arrives, departs, comes }) => comes !== false && arrives <= now && departs > now && left.get(id)! > 0.5,
  )
  // who is an hour late is not waited for any more, until it comes
  const coming = world.visits.filter(
    ({ arrives, expected, comes }) =>
      expected && (arrives > now || comes === false) && expected.arrives > now - 3_600_000 && expected.arrives < now + AHEAD_MS,
  )
  const known = [
    ...here.map((visit) => ({ visit, arrives: visit.arrives, energyWh: left.get(visit.id)! * world.efficiency })),
    ...coming.map((visit) => ({ visit, arrives: Math.max(now + SLOT_MS, visit.expected!.arrives), energyWh: visit.expected!.energyWh })),
  ].filter(({ visit, arrives }) => visit.departs > arrives)
  if (known.length === 0) return undefined
  const slots = Math.min(horizon, world.slots - t, Math.max(...known.map(({ visit }) => Math.ceil((visit.departs - now) / SLOT_MS))))
  const end = now + slots * SLOT_MS
  const perSlot = (value: number) => new Array<Watts>(slots).fill(value as Watts)
  const ports = [...new Set(known.map(({ visit }) => visit.port))]
  return {
    now: now as Instant,
    slotMinutes: 5,
    slots,
    nodes: [
      {
        id: 'site',
        limitW: perSlot(world.node.limitW),
        baseLoadW: world.baseW.slice(t, t + slots) as Watts[],
        volts: world.node.volts,
        wiring: world.node.wiring,
      },
    ],
    ports: ports.map((id) => portOf(world, id)),
    needs: known.map(({ visit, arrives, energyWh }) => ({
      id: visit.id,
      port: visit.port,
      arrives: arrives as Instant,
      departs: Math.min(visit.departs, end) as Instant,
      energyWh: Math.ceil(energyWh) as WattHours,
      maxW: visit.maxW as Watts,
      phases: 1,
      efficiency: world.efficiency,
      priority: 0,
      mayPause: true,
    })),
    prices: {
      microPerKwh: world.microPerKwh.slice(t, t + slots),
      demand: [
        {
          microPerKw: world.microPerKw,
          slots: new Array<boolean>(slots).fill(true),
          peakSoFarW: peakW as Watts,
        },
      ],
    },
    policy: 'cheapest',
    ...(previous ? { previous } : {}),
  }
}

const portOf = ({ port }: World, id: string): PlanningPort => ({
  id,
  node: 'site',
  maxW: port.maxW as Watts,
  minW: port.minW as Watts,
  stepMa: 1000 as Milliamps,
  phases: port.phases,
  maxPeriods: 24,
  reservedW: [],
})

/** The whole half-month as one question, all of it known from the beginning: what perfect foresight would do. */
export const foreseen = (world: World): Question => ({
  now: world.from,
  slotMinutes: 5,
  slots: world.slots,
  nodes: [
    {
      id: 'site',
      limitW: new Array<number>(world.slots).fill(world.node.limitW),
      baseLoadW: world.baseW,
      volts: world.node.volts,
      wiring: world.node.wiring,
    },
  ],
  ports: [...new Set(world.visits.map(({ port }) => port))].map((id) => ({
    id,
    node: 'site',
    ...world.port,
    stepMa: 1000,
    maxPeriods: 5000,
    reservedW: [],
  })),
  needs: world.visits
    .filter(({ comes }) => comes !== false)
    .map(({ id, port, arrives, departs, energyWh, maxW }) => ({
      id,
      port,
      arrives,
      departs,
      energyWh,
      maxW,
      phases: 1 as const,
      efficiency: world.efficiency,
      priority: 0,
      mayPause: true,
    })),
  prices: {
    microPerKwh: world.microPerKwh,
    demand: [{ microPerKw: world.microPerKw, slots: new Array<boolean>(world.slots).fill(true), peakSoFarW: 0 }],
  },
  policy: 'cheapest',
})
