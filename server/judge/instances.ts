import { firstSlotAt, type PlanningInput, type PlanningNode, slotAt } from '#lib/planning/input.ts'
import { hours, type Instant } from '#lib/time/instant.ts'
import { type Milliamps, milliamps, type Watts, watts } from '#lib/units/units.ts'
import { at, type Bay, bayOf, MIDNIGHT, type NightSpec, type Time } from './bay.ts'
import { leastPeakW } from './max-flow.ts'
import { tariffDay, warehouseShare } from './real-data.ts'
import { type Seeded, seeded } from './seeded.ts'

/** A night of a depot made of real shifts, tariffs and loads. */
export const nightOf = (spec: NightSpec): PlanningInput => {
  const random = seeded(spec.seed * 7919 + spec.vehicles)
  const slotMinutes = spec.slots === 288 ? 5 : 15
  // some are home, others are on the road still
  const now = (at(16 * 60 + random.whole(0, 120)) + random.whole(0, 59_999)) as Instant
  const time = { now, slotMinutes, slots: spec.slots } as const
  const wiring =
    spec.phases === 'mixed230'
      ? ({ volts: 230, wiring: 'L-N' } as const)
      : ({ volts: spec.phases === 'one' ? 240 : 208, wiring: 'L-L' } as const)
  const { nodes, circuits } = treeOf(spec)
  // each circuit's ports are turned against one another, so that its phases carry about the same
  const bays = Array.from({ length: spec.vehicles }, (_, i) =>
    bayOf(spec, random, { i, turn: (i + Math.floor(i / circuits.length)) % 3, node: circuits[i % circuits.length]! }, time),
  )
  const base = spec.baseLoad ? baseOf(spec, random, bays, time) : undefined
  const limited = limitsOf(spec, random, nodes, bays, base, time)
  const least = leastOf(bays, base, time)
  const tight = spec.tightness === undefined ? undefined : least * spec.tightness
  const planned: PlanningNode[] = nodes.map(({ id, parent }, n) => {
    const isRoot = parent === undefined
    const plainW = Math.round(isRoot ? (tight ?? limited[n]! * 1.2) : limited[n]!)
    const limitW = Array.from({ length: spec.slots }, (_, t) =>
      watts(isRoot && spec.gridSignal && isEvening(time, t) ? plainW * 0.6 : plainW),
    )
    const perPhase = spec.phases === 'one' ? undefined : ampsOf(random, plainW, isRoot ? [1.02, 1.25] : [1.3, 2], wiring, spec.slots)
    return {
      id,
      ...(parent === undefined ? {} : { parent }),
      limitW,
      ...(perPhase ? { limitMa: perPhase } : {}),
      ...(isRoot && base ? { baseLoadW: base } : {}),
      ...wiring,
    }
  })
  return {
    ...time,
    nodes: planned,
    ports: bays.map(({ port }) => port),
    needs: bays.map(({ need }) => need),
    prices: pricesOf(spec, time, least),
    policy: spec.policy ?? 'cheapest',
  }
}

const localHour = (time: Time, t: number): number => ((slotAt(time, t) - MIDNIGHT) / hours(1)) % 24
const isEvening = (time: Time, t: number): boolean => localHour(time, t) >= 18 && localHour(time, t) < 20

/** Service → (transformers) → panels → circuits of five ports. */
function treeOf({ vehicles, levels }: NightSpec) {
  const nodes: { id: string; parent?: string }[] = [{ id: 'service' }]
  if (levels === 1) return { nodes, circuits: ['service'] }
  const transformers = levels === 4 ? Math.max(2, Math.ceil(vehicles / 250)) : 0
  for (let i = 0; i < transformers; i++) nodes.push({ id: `transformer${i}`, parent: 'service' })
  const panels = Math.max(2, Math.ceil(vehicles / 25))
  for (let i = 0; i < panels; i++) nodes.push({ id: `panel${i}`, parent: transformers ? `transformer${i % transformers}` : 'service' })
  const circuits = Array.from({ length: Math.max(2, Math.ceil(vehicles / 5)) }, (_, i) => `circuit${i}`)
  circuits.forEach((id, i) => {
    nodes.push({ id, parent: `panel${i % panels}` })
  })
  return { nodes, circuits }
}

/** Mean power of each stay: charging all night long at it is one way to serve everybody. */
const meanAt = (time: Time, { need }: Bay, t: number): number => {
  const from = Math.max(need.arrives, time.now)
  const isThere = slotAt(time, t + 1) > from && slotAt(time, t) < need.departs
  return isThere ? need.energyWh / need.efficiency / ((need.departs - from) / hours(1)) : 0
}

function baseOf(spec: NightSpec, random: Seeded, bays: Bay[], time: Time): Watts[] {
  const mean = bays.reduce((sum, { need }) => sum + need.energyWh, 0) / 12
  const season = spec.tariff.includes('winter') ? 'march' : 'august'
  const hoursOfDays = Array.from({ length: 48 }, (_, h) => warehouseShare(season, h))
  const scale = (mean * random.between(0.15, 0.5)) / Math.max(...hoursOfDays)
  return Array.from({ length: spec.slots }, (_, t) => watts(warehouseShare(season, (slotAt(time, t) - MIDNIGHT) / hours(1)) * scale))
}

/** A limit for each node that serves all that is below it, some nodes with little to spare. */
function limitsOf(
  spec: NightSpec,
  random: Seeded,
  nodes: { id: string; parent?: string }[],
  bays: Bay[],
  base: Watts[] | undefined,
  time: Time,
): number[] {
  const isUnder = (id: string, node: string): boolean =>
    id === node || nodes.some((each) => each.id === id && each.parent !== undefined && isUnder(each.parent, node))
  return nodes.map(({ id, parent }) => {
    const below = bays.filter(({ port }) => isUnder(port.node, id))
    const most = Array.from({ length: spec.slots }, (_, t) =>
      below.reduce((sum, bay) => sum + meanAt(time, bay, t), parent === undefined ? (base?.[t] ?? 0) : 0),
    )
    return Math.max(...most) * random.between(1.15, 2) + 3_000
  })
}

/** Amperes a phase that the power makes when it is balanced, times a number in `share`: few ports are never in balance. */
function ampsOf(
  random: Seeded,
  limitW: number,
  [low, high]: [number, number],
  { volts, wiring }: { volts: number; wiring: 'L-N' | 'L-L' },
  slots: number,
) {
  const balanced = (limitW * 1000) / (wiring === 'L-N' ? volts * 3 : volts * Math.sqrt(3))
  const of = () => new Array<Milliamps>(slots).fill(milliamps(balanced * random.between(low, high)))
  return { l1: of(), l2: of(), l3: of() }
}

/** The least power of the site that serves everybody, on slots of a quarter of an hour and without the tree. */
function leastOf(bays: Bay[], base: Watts[] | undefined, time: Time): number {
  const slots = Math.ceil((time.slots * time.slotMinutes) / 15)
  const perQuarter = 15 / time.slotMinutes
  const coarse: PlanningInput = {
    now: firstSlotAt(time.now, 15),
    slotMinutes: 15,
    slots,
    nodes: [
      {
        id: 'service',
        limitW: new Array<Watts>(slots).fill(1e9 as Watts),
        ...(base ? { baseLoadW: Array.from({ length: slots }, (_, t) => base[Math.min(base.length - 1, t * perQuarter)]!) } : {}),
        volts: 240,
        wiring: 'L-L',
      },
    ],
    ports: bays.map(({ port }) => ({ ...port, node: 'service' })),
    needs: bays.map(({ need }) => ({ ...need, arrives: Math.max(need.arrives, time.now) as Instant })),
    prices: { microPerKwh: new Array(slots).fill(0), demand: [] },
    policy: 'cheapest',
  }
  const sum = bays.reduce((all, { port }) => all + port.maxW, 0) + Math.max(0, ...(base ?? []))
  coarse.nodes[0]!.limitW = new Array<Watts>(slots).fill(sum as Watts)
  return leastPeakW(coarse, Math.max(50, sum / 2000)) ?? sum
}

function pricesOf(spec: NightSpec, time: Time, leastW: number): PlanningInput['prices'] {
  const hour = (t: number) => Math.floor(localHour(time, t))
  const perSlot = <T>(of: (t: number) => T) => Array.from({ length: spec.slots }, (_, t) => of(t))
  const peakSoFarW = watts(leastW * spec.peakSoFar)
  if (spec.tariff === 'flat')
    return { microPerKwh: perSlot(() => 120_000), demand: [{ microPerKw: 15_510_000, slots: perSlot(() => true), peakSoFarW }] }
  const day = tariffDay(spec.tariff)
  return {
    microPerKwh: perSlot((t) => Math.round(day.pricePerKwh[hour(t)]! * 1e6)),
    ...(spec.welcome > 0 ? { reserveMicroPerKwh: 80_000 } : {}),
    carbonGPerKwh: perSlot((t) => 250 + 10 * ((hour(t) * 7) % 24)),
    // a day-ahead price is the energy's: the network asks for its demand charge beside it
    demand: (day.demand.length > 0 || spec.tariff !== 'day-ahead-eth' ? day.demand : tariffDay('tou-ev-4-winter').demand).map(
      ({ perKw, hours: charged }) => ({
        microPerKw: perKw * 1e6,
        slots: perSlot((t) => charged.includes(hour(t))),
        peakSoFarW,
      }),
    ),
  }
}
