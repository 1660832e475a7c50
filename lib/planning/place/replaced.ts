import { placeBlocks } from '../blocks.ts'
import { WH } from '../board.ts'
import { clearSeat, giveRow } from '../fill.ts'
import { type Merit, place } from '../merit.ts'
import { fitsPeriods, periodCount } from '../periods.ts'
import { energyOf, lackingOf, negligibleFor, type Schedule, stepsFree } from '../schedule.ts'
import { blocksOf, seatScore } from '../score.ts'
import { keepToOwn } from './keep-to.ts'

const ROUNDS = 3
/** More periods than this a vehicle has only if it had them before. */
const BEARABLE_PERIODS = 12
/** Less than this part of what a vehicle costs is not worth another row. */
const GAIN = 0.001
/** Costs that differ by less are equal. */
const EQUAL = 1e-9

/**
 * One vehicle after the other, the dearest first, is placed anew in what the others leave: as it has it now may have been the best when others
 * were in the way. It has as much as before; the site's peaks stay.
 */
export const rePlaced = (schedule: Schedule, merit: Merit): Schedule => {
  const best = keepToOwn(schedule)
  const { seats } = best.board
  if (merit.levels.length < 2) return best
  const wanted = seats.map((_, v) => energyOf(best, v))
  const cheapest = merit.of[merit.levels[0]![0]!]!
  const isDear = (v: number) => best.steps[v]!.some((k, t) => k > 0 && merit.of[t]! > cheapest)
  for (let round = 0; round < ROUNDS; round += 1) {
    let changed = false
    const dear = [...seats.keys()].filter((v) => isMovable(best, v) && isDear(v))
    const cost = new Map(dear.map((v) => [v, seatScore(best, v, merit) / wanted[v]!]))
    for (const v of dear.sort((a, b) => cost.get(b)! - cost.get(a)! || a - b)) changed = anew(best, v, merit, wanted[v]!) || changed
    if (!changed) break
  }
  return best
}

/** No row of the vehicle that gives it `energy` W·ms costs less: all that there is room for, the best slots first, its own counted as free. */
const cheapestFor = (schedule: Schedule, v: number, merit: Merit, energy: number): number => {
  const { spanMs, stepW } = schedule.board.seats[v]!
  // where energy is earned with, more of it may cost less
  if (merit.of[merit.levels[0]![0]!]! < 0) return Number.NEGATIVE_INFINITY
  let [left, cost] = [energy - negligibleFor(schedule, v, energy), 0]
  for (const slots of merit.levels)
    for (const t of slots) {
      if (left <= 0) return cost
      if (!(spanMs[t]! > 0)) continue
      const here = Math.min(left, stepW[stepsFree(schedule, v, t)]! * spanMs[t]!)
      left -= here
      cost += (here * merit.of[t]!) / (1000 * WH)
    }
  return cost
}

const isMovable = ({ board }: Schedule, v: number): boolean => !board.seats[v]!.need.chargeFirst && !board.seats[v]!.need.taper

/** The vehicle's row anew, in slices or in blocks, whichever costs less; false where neither does. */
const anew = (schedule: Schedule, v: number, merit: Merit, wanted: number): boolean => {
  const { need } = schedule.board.seats[v]!
  let least = seatScore(schedule, v, merit)
  least -= Math.abs(least) * GAIN
  if (cheapestFor(schedule, v, merit, wanted) >= least + Math.abs(least) * EQUAL) return false
  const before = schedule.steps[v]!.slice()
  let row = before
  const most = Math.max(BEARABLE_PERIODS, periodCount(before))
  for (const lay of [place, placeBlocks]) {
    if (lay === place && !need.mayPause) continue
    clearSeat(schedule, v)
    lay(schedule, v, merit, wanted)
    const score = seatScore(schedule, v, merit)
    const isWhole = lackingOf(schedule, v, wanted) === 0 && fitsPeriods(schedule, v) && periodCount(schedule.steps[v]!) <= most
    if (!isWhole || (!need.mayPause && blocksOf(schedule.steps[v]!) > 1) || score >= least) continue
    row = schedule.steps[v]!.slice()
    least = score
  }
  giveRow(schedule, v, row)
  return row !== before
}
