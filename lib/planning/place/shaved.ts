import { addEnergy, giveRow } from '../fill.ts'
import { isFree } from '../in-blocks.ts'
import { fitsPeriods } from '../periods.ts'
import { copyOf, energyOf, type Schedule, setSteps, stepsFree } from '../schedule.ts'
import { keepTo } from './keep-to.ts'

/**
 * The same schedule under these peaks, as far as that goes in single slots: who charges where it passes them has a little less there and finds that
 * in slots that stay under them, in the order of `slots`; nobody gets less than it needs.
 */
export const shaved = (schedule: Schedule, peaks: number[], slots: number[]): Schedule => {
  const next = keepTo(copyOf(schedule), peaks, 0)
  const { board, siteW } = next
  const { seats } = board
  // what others leave free only becomes less: who found nothing once finds nothing later
  const mayGive = Uint8Array.from(seats, (seat) => Number(isFree(seat)))
  const under = slots.filter((t) => siteW[t]! > 0)
  for (let t = 0; t < siteW.length; t += 1) {
    for (let v = 0; v < seats.length && siteW[t]! < 0; v += 1) {
      if (mayGive[v] === 0 || next.steps[v]![t] === 0) continue
      if (!giveUp(next, v, t, under)) mayGive[v] = 0
    }
  }
  return next
}

/** The seat has as much less in slot `t` as the site is over, or as it can have elsewhere; false (and as it was) where that is nothing. */
const giveUp = (schedule: Schedule, v: number, t: number, under: number[]): boolean => {
  const { stepW, minSteps, maxSteps, spanMs, target } = schedule.board.seats[v]!
  const row = schedule.steps[v]!
  const own = row[t]!
  const wants = Math.min(stepW[own]!, -schedule.siteW[t]!) * spanMs[t]!
  const beside: number[] = []
  const others: number[] = []
  let elsewhere = Math.max(0, schedule.energy[v]! - target)
  for (let i = 0; i < under.length && elsewhere < wants; i += 1) {
    const s = under[i]!
    if (s === t || spanMs[s] === 0 || row[s]! >= maxSteps || schedule.siteW[s]! <= 0) continue
    const free = stepsFree(schedule, v, s)
    if (free <= row[s]!) continue
    elsewhere += (stepW[free]! - stepW[row[s]!]!) * spanMs[s]!
    if (row[s]! > 0) beside.push(s)
    else others.push(s)
  }
  let steps = own
  while (steps > 0 && stepW[own]! - stepW[steps]! < -schedule.siteW[t]!) {
    const fewer = steps > minSteps ? steps - 1 : 0
    if ((stepW[own]! - stepW[fewer]!) * spanMs[t]! > elsewhere) break
    steps = fewer
  }
  if (steps === own) return false
  const before = row.slice()
  const energy = energyOf(schedule, v)
  setSteps(schedule, v, t, steps)
  addEnergy(schedule, v, energy - energyOf(schedule, v), [...beside, ...others])
  if (energyOf(schedule, v) >= Math.min(energy, target) && fitsPeriods(schedule, v)) return true
  giveRow(schedule, v, before)
  return false
}
