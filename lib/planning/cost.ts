import { type Board, WH } from './board.ts'
import type { PlanningInput } from './input.ts'
import { energyOf, type Schedule } from './schedule.ts'

/** Energy cost of the vehicles plus what the plan adds to the month's demand charges, millionths of the currency. */
export const costMicro = (schedule: Schedule): number => Math.round(energyCostMicro(schedule) + demandCostMicro(schedule))

/** Demand charges above the month's peak so far, from base load and vehicles at the roots of the tree. */
export const demandCostMicro = (schedule: Schedule): number => {
  const { demand } = schedule.board.input.prices
  if (demand.length === 0) return 0
  return chargeFor(schedule.board.input, siteLoadW(schedule))
}

/**
 * No plan that gives each vehicle at least what it gets here (up to its need) can cost less. The better of two relaxations: each vehicle by
 * itself in its own cheapest slots, as if nobody else were there; or all of them as one, under the roots of the tree alone.
 * The demand charge is that of the base load, or of the mean power over the whole horizon where every slot is charged. So the gap is an
 * upper bound.
 */
export const lowerBoundMicro = (schedule: Schedule): number => {
  const { seats, slots } = schedule.board
  const taken = seats.map((_, v) => energyOf(schedule, v))
  const needed = seats.map(({ target }, v) => Math.min(taken[v]!, target))
  const fullW = (v: number) => seats[v]!.stepW[seats[v]!.maxSteps] ?? 0
  const each = seats.reduce(
    (sum, { spanMs }, v) => sum + cheapestFill(schedule.board, needed[v]!, taken[v]!, (t) => fullW(v) * spanMs[t]!),
    0,
  )
  const together = rootsOf(schedule.board).reduce((sum, { seats: under, capacityW }) => {
    const total = (of: number[]) => under.reduce((energy, v) => energy + of[v]!, 0)
    const most = Array.from({ length: slots }, (_, t) => {
      const present = under.reduce((energy, v) => energy + fullW(v) * seats[v]!.spanMs[t]!, 0)
      return Math.min(present, capacityW[t]! * schedule.board.slotMs)
    })
    return sum + cheapestFill(schedule.board, total(needed), total(taken), (t) => most[t]!)
  }, 0)
  return Math.floor(Math.max(each, together) + leastDemandMicro(schedule, needed))
}

// whatever the plan, the highest slot is at least the mean of base load and needed energy over the slots where vehicles are there
const leastDemandMicro = (schedule: Schedule, needed: number[]): number => {
  const { input, seats, slots, slotMs } = schedule.board
  const base = baseLoadW(input)
  const present = Array.from({ length: slots }, (_, t) => seats.some(({ spanMs }) => spanMs[t]! > 0))
  const slotsPresent = present.filter(Boolean).length
  const wanted = needed.reduce((sum, energy) => sum + energy, 0) / slotMs
  const mean = slotsPresent === 0 ? 0 : (wanted + base.reduce((sum, w, t) => sum + (present[t] ? w : 0), 0)) / slotsPresent
  return input.prices.demand.reduce((sum, charge) => {
    const whole = present.every((here, t) => !here || charge.slots[t])
    const load = whole ? base.map((w) => Math.max(w, mean)) : base
    return sum + chargeFor({ ...input, prices: { ...input.prices, demand: [charge] } }, load)
  }, 0)
}

/** Least cost of at least `least` W·ms (more only where the price is negative, up to `most`), each slot up to its capacity. */
const cheapestFill = ({ input, byPrice }: Board, least: number, most: number, capacity: (t: number) => number): number => {
  const price = input.prices.microPerKwh
  let micro = 0
  for (const t of byPrice) {
    if (least <= 0 && price[t]! >= 0) break
    const energy = Math.min(price[t]! < 0 ? most : least, capacity(t))
    micro += (energy * price[t]!) / (1000 * WH)
    least = Math.max(0, least - energy)
    most -= energy
  }
  return micro
}

/** The roots of the tree: which seats are under each, and what it can give them in each slot. */
export const rootsOf = (board: Board): { seats: number[]; capacityW: number[] }[] =>
  [...new Set(board.seats.map(({ path }) => path.at(-1)!))].map((root) => {
    const under = board.seats.flatMap(({ path }, v) => (path.at(-1) === root ? [v] : []))
    const ports = board.input.ports.filter((port) => under.some((v) => board.seats[v]!.port === port))
    const capacityW = board.room[root]!.map((room, t) => Math.max(0, room) + ports.reduce((sum, port) => sum + (port.reservedW[t] ?? 0), 0))
    return { seats: under, capacityW }
  })

const energyCostMicro = (schedule: Schedule): number => {
  const { input, seats, slots } = schedule.board
  let micro = 0
  for (let v = 0; v < seats.length; v += 1) {
    for (let t = 0; t < slots; t += 1) {
      const steps = schedule.steps[v]![t]!
      if (steps > 0) micro += (seats[v]!.stepW[steps]! * seats[v]!.spanMs[t]! * input.prices.microPerKwh[t]!) / (1000 * WH)
    }
  }
  return micro
}

const chargeFor = (input: PlanningInput, loadW: number[]): number =>
  input.prices.demand.reduce((sum, { microPerKw, slots, peakSoFarW }) => {
    const peak = loadW.reduce((most, load, t) => (slots[t] ? Math.max(most, load) : most), peakSoFarW as number)
    return sum + ((peak - peakSoFarW) * microPerKw) / 1000
  }, 0)

const baseLoadW = (input: PlanningInput): number[] =>
  Array.from({ length: input.slots }, (_, t) => input.nodes.reduce((sum, { baseLoadW }) => sum + (baseLoadW?.[t] ?? 0), 0))

/** Base load and vehicles at the roots of the tree, W per slot. */
export const siteLoadW = (schedule: Schedule): number[] => {
  const load = baseLoadW(schedule.board.input)
  schedule.board.seats.forEach(({ stepW }, v) => {
    schedule.steps[v]!.forEach((steps, t) => {
      load[t]! += stepW[steps]!
    })
  })
  return load
}
