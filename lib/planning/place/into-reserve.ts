import type { Seat } from '../board.ts'
import { addEnergy, clearSeat, giveRow } from '../fill.ts'
import { isFree } from '../in-blocks.ts'
import { fitsPeriods } from '../periods.ts'
import { energyOf, lackingOf, type Schedule } from '../schedule.ts'

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

/** Steps in a slot that take no more than is kept for the port. */
const keptFor =
  ({ port, stepW, minSteps, maxSteps }: Seat) =>
  (t: number): number => {
    let most = maxSteps
    while (most > 0 && stepW[most]! > (port.reservedW[t] ?? 0)) most -= 1
    return most < minSteps ? 0 : most
  }
