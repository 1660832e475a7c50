import type { Seat } from '../board.ts'
import { addEnergy, clearSeat, giveRow } from '../fill.ts'
import { fitsPeriods } from '../periods.ts'
import { energyOf, lackingOf, type Schedule } from '../schedule.ts'
import { rankOf } from '../score.ts'

/**
 * A vehicle whose port has something kept for it by the envelope takes that first, in the cheapest slots, and only the rest from what all share:
 * nobody else can use what is kept. It has as much as before, or stays as it is.
 */
export const intoReserve = (schedule: Schedule, v: number): void => {
  const { board, steps } = schedule
  const seat = board.seats[v]!
  if (!isFree(seat) || !seat.port.reservedW.some((w) => w > 0)) return
  const before = steps[v]!.slice()
  const energy = energyOf(schedule, v)
  clearSeat(schedule, v)
  const left = energy - addEnergy(schedule, v, energy, board.byPrice, keptFor(seat))
  const [on, off] = [board.byPrice.filter((t) => before[t]! > 0), board.byPrice.filter((t) => before[t] === 0)]
  if (left > 0) addEnergy(schedule, v, left, [...on, ...off])
  if (lackingOf(schedule, v, energy) > 0 || !fitsPeriods(schedule, v)) giveRow(schedule, v, before)
}

/**
 * All that may be moved planned anew where not all can be ready: each takes what is kept for it, then of what all share first who is to be served
 * first, of those who loses least of it, of those who leaves first.
 */
export const reservesFirst = (schedule: Schedule): Schedule => {
  const { seats, byPrice } = schedule.board
  const free = [...seats.keys()].filter((v) => isFree(seats[v]!))
  for (const v of free) clearSeat(schedule, v)
  for (const v of free) addEnergy(schedule, v, seats[v]!.target, byPrice, keptFor(seats[v]!))
  const [rank, of] = [(v: number) => rankOf(seats[v]!), (v: number) => seats[v]!.need]
  free.sort((a, b) => rank(b) - rank(a) || of(b).efficiency - of(a).efficiency || of(a).departs - of(b).departs || a - b)
  for (const v of free) addEnergy(schedule, v, seats[v]!.target - energyOf(schedule, v), byPrice)
  return schedule
}

const isFree = ({ need }: Seat): boolean => need.mayPause && !need.chargeFirst && !need.taper

/** Steps in a slot that take no more than is kept for the port. */
const keptFor =
  ({ port, stepW, minSteps, maxSteps }: Seat) =>
  (t: number): number => {
    let most = maxSteps
    while (most > 0 && stepW[most]! > (port.reservedW[t] ?? 0)) most -= 1
    return most < minSteps ? 0 : most
  }
