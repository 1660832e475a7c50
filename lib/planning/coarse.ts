import type { Board, Seat } from './board.ts'
import { addEnergy, giveRow } from './fill.ts'
import { beginsAt, type Network, networkOf } from './flow/network.ts'
import type { Proven, Relaxed } from './flow/relax.ts'
import type { PlanningInput } from './input.ts'
import { meritOf } from './merit.ts'
import { fitsPeriods, withFewPeriods } from './periods.ts'
import { keepToOwn } from './place/keep-to.ts'
import { emptySchedule, energyOf, lackingOf, type Schedule, setSteps, stepsFree } from './schedule.ts'

// A large depot is planned in quarters of an hour, though its slots are of five minutes: prices, limits and loads hardly change within one.
// What is allowed in a quarter is allowed in each of its slots, so that its plan is a plan.

/** More seats × slots than this are planned in quarters of an hour. */
const MOST_CELLS = 100_000
const WIDTH = 3

/** `begins`: first slot of each quarter, and the end of the last. */
export type Coarse = { fine: Board; board: Board; begins: Int32Array }

/** The board in quarters of an hour; undefined where it is small, or its slots are quarters already. */
export const coarseOf = (fine: Board, mostCells = MOST_CELLS): Coarse | undefined => {
  const { input, seats, slots } = fine
  if (input.slotMinutes !== 5 || seats.length * slots <= mostCells) return undefined
  const begins = beginsAt(fine, WIDTH)
  const least = (row: ArrayLike<number>) => over(row, begins, Math.min)
  const most = (row: ArrayLike<number>) => over(row, begins, Math.max)
  const ports = input.ports.map((port) => (port.reservedW.length > 0 ? { ...port, reservedW: inWatts(least(port.reservedW)) } : port))
  const price = means(input.prices.microPerKwh, begins)
  const prices = {
    ...input.prices,
    microPerKwh: price,
    ...(input.prices.carbonGPerKwh ? { carbonGPerKwh: means(input.prices.carbonGPerKwh, begins) } : {}),
    demand: input.prices.demand.map((charge) => ({ ...charge, slots: quartersOf(charge.slots, begins) })),
  }
  const quarters = begins.length - 1
  const slotMs = fine.slotMs * WIDTH
  const [first, second] = [begins[0]!, begins[1]!]
  const board: Board = {
    ...fine,
    input: { ...input, slotMinutes: 15, slots: quarters, ports, prices },
    slots: quarters,
    slotMs,
    fromMs: Math.floor(fine.fromMs / slotMs) * slotMs,
    firstSpanMs: fine.firstSpanMs + (second - first - 1) * fine.slotMs,
    seats: seats.map((seat) => seatIn(seat, ports, begins)),
    byPrice: Array.from({ length: quarters }, (_, k) => k).sort((a, b) => price[a]! - price[b]! || a - b),
    room: fine.room.map(least),
    baseW: most(fine.baseW),
    roomMa: fine.roomMa.map((rows) => rows && { l1: least(rows.l1), l2: least(rows.l2), l3: least(rows.l3) }),
    siteW: least(fine.siteW),
  }
  return { fine, board, begins }
}

const seatIn = (seat: Seat, ports: PlanningInput['ports'], begins: Int32Array): Seat => {
  const spanMs = new Float64Array(begins.length - 1)
  for (let k = 0; k < spanMs.length; k += 1) for (let t = begins[k]!; t < begins[k + 1]!; t += 1) spanMs[k]! += seat.spanMs[t]!
  const reservedMa = seat.port.reservedW.length > 0 ? over(seat.reservedMa, begins, Math.min) : new Float64Array(spanMs.length)
  return { ...seat, port: ports[seat.portIndex]!, spanMs, reservedMa }
}

/** The least (or most) of each quarter. */
const over = (row: ArrayLike<number>, begins: Int32Array, of: (a: number, b: number) => number): Float64Array<ArrayBuffer> => {
  const quarters = new Float64Array(begins.length - 1)
  for (let k = 0; k < quarters.length; k += 1) {
    let value = row[begins[k]!] ?? 0
    for (let t = begins[k]! + 1; t < begins[k + 1]!; t += 1) value = of(value, row[t] ?? 0)
    quarters[k] = value
  }
  return quarters
}

const inWatts = (row: Float64Array): PlanningInput['ports'][number]['reservedW'] =>
  Array.from(row) as PlanningInput['ports'][number]['reservedW']

const means = (row: number[], begins: Int32Array): number[] =>
  Array.from({ length: begins.length - 1 }, (_, k) => {
    const slots = row.slice(begins[k]!, begins[k + 1]!)
    // equal prices stay equal, to the last digit
    return slots.every((value) => value === slots[0]) ? slots[0]! : slots.reduce((sum, value) => sum + value, 0) / slots.length
  })

/** A quarter counts for a peak as soon as one of its slots does. */
const quartersOf = (charged: boolean[], begins: Int32Array): boolean[] =>
  Array.from({ length: begins.length - 1 }, (_, k) => charged.slice(begins[k]!, begins[k + 1]!).includes(true))

/** Steps by seat and slot in quarters: the mean of each; what is rounded off one that changes the next such has, so that each vehicle keeps its energy. */
export const rowsIn = ({ begins, fine }: Coarse, rows: number[][]): number[][] =>
  rows.map((row, v) => {
    const { spanMs, minSteps, maxSteps } = fine.seats[v]!
    let rest = 0
    return Array.from({ length: begins.length - 1 }, (_, k) => {
      let [ms, sum, least, most] = [0, 0, Number.POSITIVE_INFINITY, 0]
      for (let t = begins[k]!; t < begins[k + 1]!; t += 1) {
        if (spanMs[t] === 0) continue
        ms += spanMs[t]!
        sum += row[t]! * spanMs[t]!
        least = Math.min(least, row[t]!)
        most = Math.max(most, row[t]!)
      }
      if (least >= most) return most
      const nearest = Math.min(maxSteps, Math.round((sum + rest) / ms))
      const steps = nearest < minSteps ? (2 * nearest < minSteps ? 0 : minSteps) : nearest
      rest += sum - steps * ms
      return steps
    })
  })

/**
 * The schedule on the plan's own slots; where a vehicle has in a quarter what it had before, each slot of it is as before (`rows`: steps by seat
 * and slot), as far as there is room. A vehicle that comes or goes within a quarter may have a period more there than its port holds: it has
 * fewer.
 */
export const onSlots = (coarse: Coarse, { steps }: Schedule, rows?: number[][]): Schedule => {
  const { fine, begins } = coarse
  const schedule = emptySchedule(fine)
  const inQuarters = rows && rowsIn(coarse, rows)
  const before = (v: number, k: number) => (rows && inQuarters?.[v]?.[k] === steps[v]![k] ? rows[v] : undefined)
  const each = (of: (v: number, t: number, here: number, was: number) => void) => {
    for (let v = 0; v < steps.length; v += 1) {
      const { spanMs } = fine.seats[v]!
      const row = steps[v]!
      for (let k = 0; k < row.length; k += 1) {
        if (row[k] === 0) continue
        const was = before(v, k)
        for (let t = begins[k]!; t < begins[k + 1]!; t += 1) if (spanMs[t]! > 0) of(v, t, row[k]!, was?.[t] ?? row[k]!)
      }
    }
  }
  each((v, t, here, was) => {
    if (Math.min(here, was) > 0) setSteps(schedule, v, t, Math.min(here, was))
  })
  if (rows)
    each((v, t, here, was) => {
      if (was > here) setSteps(schedule, v, t, Math.max(here, Math.min(was, stepsFree(schedule, v, t))))
    })
  return withFewPeriods(schedule)
}

/** What vehicles lack of what the optimum has for them is added in single slots, where no port gets more periods than it holds by that. */
export const madeUpOnSlots = (on: Schedule, { network, wanted }: Relaxed): Schedule => {
  const schedule = keepToOwn(on)
  const { levels } = meritOf(schedule.board.input)
  for (let i = 0; i < network.seats; i += 1) {
    const v = network.boardSeat[i]!
    const { need } = schedule.board.seats[v]!
    if (!need.mayPause || lackingOf(schedule, v, wanted[i]!) === 0) continue
    const before = schedule.steps[v]!.slice()
    for (const slots of levels) addEnergy(schedule, v, wanted[i]! - energyOf(schedule, v), slots)
    if (!fitsPeriods(schedule, v)) giveRow(schedule, v, before)
  }
  return schedule
}

/** An optimum of the quarters told of the plan's own slots. */
export const provenOn = ({ fine, begins }: Coarse, found: Relaxed): Proven => {
  const loose = networkOf(
    fine,
    WIDTH,
    fine.seats.map(({ target }) => target),
  )
  const upTo = new Float64Array(fine.seats.length)
  for (let i = 0; i < found.network.seats; i += 1) upTo[found.network.boardSeat[i]!] = found.wanted[i]!
  const wanted = Float64Array.from(loose.boardSeat, (v) => upTo[v]!)
  const proofs = found.proofs.map(({ values, peaks }) => ({ values: valuesOn(loose, found.loose, values), peaks }))
  const { isMoney, values, network } = found
  // its values prove a bound for what the plan gives (`lowerBoundMicro`); of the quarters' own energies nobody asks one
  const boundMicro = Number.NEGATIVE_INFINITY
  return { isMoney, values, network: { ...network, begins, spanMs: loose.spanMs }, loose, proofs, wanted, boundMicro }
}

/** Values by the names of nodes: a limit that is none here or there is worth nothing. */
const valuesOn = (to: Network, from: Network, values: Float64Array): Float64Array => {
  const at = new Map(Array.from(from.boardNode, (node, n) => [node, n]))
  const same = new Float64Array(to.slots * to.nodes)
  for (let n = 0; n < to.nodes; n += 1) {
    const m = at.get(to.boardNode[n]!)
    if (m !== undefined) for (let k = 0; k < to.slots; k += 1) same[k * to.nodes + n] = values[k * from.nodes + m]!
  }
  return same
}
