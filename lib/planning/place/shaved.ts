import { addEnergy, giveRow } from '../fill.ts'
import { isFree } from '../in-blocks.ts'
import { fitsPeriods } from '../periods.ts'
import { copyOf, energyOf, type Schedule, setSteps } from '../schedule.ts'
import { keepTo } from './keep-to.ts'

/** Vehicles that are asked to give way in one slot. */
const ASKED = 60

/**
 * The same schedule under these peaks, which it passes in some slots: vehicles there have a little less and find that elsewhere, in the order of
 * `slots`; nobody gets less than it needs. Undefined where a slot stays above them.
 */
export const shaved = (schedule: Schedule, peaks: number[], slots: number[]): Schedule | undefined => {
  const next = keepTo(copyOf(schedule), peaks, 0)
  const { seats } = next.board
  for (let t = 0; t < next.siteW.length; t += 1) {
    let asked = 0
    for (let v = 0; v < seats.length && next.siteW[t]! < 0 && asked < ASKED; v += 1) {
      if (next.steps[v]![t] === 0 || !isFree(seats[v]!)) continue
      asked += 1
      giveUp(next, v, t, slots)
    }
    if (next.siteW[t]! < 0) return undefined
  }
  return next
}

/** The seat has so much less in slot `t` as the site is over, or nothing there, and the same elsewhere; else it stays as it is. */
const giveUp = (schedule: Schedule, v: number, t: number, slots: number[]): void => {
  const { stepW, minSteps, target } = schedule.board.seats[v]!
  const before = schedule.steps[v]!.slice()
  const energy = energyOf(schedule, v)
  let steps = before[t]!
  while (steps > 0 && stepW[before[t]!]! - stepW[steps]! < -schedule.siteW[t]!) steps = steps > minSteps ? steps - 1 : 0
  setSteps(schedule, v, t, steps)
  const others = slots.filter((each) => each !== t)
  const beside = others.filter((each) => before[each]! > 0)
  addEnergy(schedule, v, energy - energyOf(schedule, v), [...beside, ...others])
  if (energyOf(schedule, v) < Math.min(energy, target) || !fitsPeriods(schedule, v)) giveRow(schedule, v, before)
}
