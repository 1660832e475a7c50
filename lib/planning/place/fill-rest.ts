import { type Schedule, setSteps, stepsFree } from '../schedule.ts'
import { type Amounts, NOTHING } from './amounts.ts'
import { payBack, pull, roomAt, setEnergy } from './trades.ts'

/** Whole but for what numbers lose. */
const EVEN = 1e-3

/**
 * What whole steps leave of slot `t` (vehicles of one and of three phases have steps of other sizes) those take who charge there at less than
 * full power, from what they have later; that place is then free for those whom no slot had anything for.
 */
export const fillRest = (schedule: Schedule, amounts: Amounts, here: number[], t: number): void => {
  const { network, given, most, debt } = amounts
  const { slots, boardSeat } = network
  const unitOf = (i: number) => {
    const { stepW, spanMs, maxSteps } = schedule.board.seats[boardSeat[i]!]!
    return spanMs[t]! * (stepW[maxSteps]! / maxSteps)
  }
  const partly = here.filter((i) => given[i * slots + t]! > NOTHING && given[i * slots + t]! < most[i * slots + t]! - NOTHING)
  partly.sort((a, b) => unitOf(b) - unitOf(a) || debt[b]! - debt[a]! || a - b)
  for (const i of partly) {
    const v = boardSeat[i]!
    const [cell, unit, own] = [i * slots + t, unitOf(i), schedule.steps[v]![t]!]
    const room = Math.min(roomAt(amounts, i, t), most[cell]! - given[cell]!)
    const free = Math.min(stepsFree(schedule, v, t) - own, Math.floor(room / unit + EVEN))
    if (free <= 0) continue
    const had = given[cell]!
    pull(amounts, i, t, free * unit)
    const more = Math.min(free, Math.floor((given[cell]! - had + Math.min(debt[i]!, unit)) / unit + EVEN))
    setSteps(schedule, v, t, own + more)
    setEnergy(amounts, i, t, (own + more) * unit)
  }
  for (let i = 0; i < debt.length; i += 1) if (debt[i]! > NOTHING) payBack(amounts, i, t)
}
