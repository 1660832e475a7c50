import type { Relaxed } from '../flow/relax.ts'
import { energyOf, type Schedule, setSteps, stepsFree, stepsToDeliver } from '../schedule.ts'
import { sweep } from './sweep.ts'

/** A slot of which a vehicle has more than this part is taken as its own. */
const MOSTLY = 0.5

/** Level by level of price: what the relaxed optimum gives each seat there, beside what it has before and after. */
export const sweepLevels = (schedule: Schedule, relaxed: Relaxed, free: number[], wanted: Float64Array): void => {
  const { network, solved, levels } = relaxed
  const { seats, slotMs } = schedule.board
  const { given } = solved.flow
  const level = new Float64Array(seats.length)
  const isFree = new Uint8Array(seats.length)
  for (const v of free) isFree[v] = 1
  for (const { slots } of levels) {
    const ascending = slots.toSorted()
    level.fill(0)
    for (const k of ascending) for (let i = 0; i < network.seats; i += 1) level[network.boardSeat[i]!]! += given[k * network.seats + i]!
    for (const v of free) {
      level[v] = Math.min(wanted[v]! - energyOf(schedule, v), level[v]!)
      // less than half of the least that a slot can give is no visit worth
      if (level[v]! < (seats[v]!.stepW[seats[v]!.minSteps]! * slotMs) / 2) level[v] = 0
    }
    for (let end = 1; end <= ascending.length; end += 1)
      if (ascending[end] !== ascending[end - 1]! + 1) layEnds(schedule, relaxed, ascending, end, level, isFree)
    const fine: number[] = []
    for (const k of ascending) for (let t = network.begins[k]!; t < network.begins[k + 1]!; t += 1) fine.push(t)
    sweep(schedule, fine, level, free)
  }
}

/** Who charges after a stretch and not before it has its part of the stretch at the end, in one with what follows. */
const layEnds = (
  schedule: Schedule,
  { network, solved }: Relaxed,
  slots: Int32Array,
  end: number,
  level: Float64Array,
  isFree: Uint8Array,
): void => {
  let begin = end - 1
  while (begin > 0 && slots[begin - 1] === slots[begin]! - 1) begin -= 1
  const [first, last] = [slots[begin]!, slots[end - 1]!]
  if (last + 1 >= network.slots) return
  const { seats, most, begins } = network
  const { given } = solved.flow
  const isMostly = (k: number, i: number) => k >= 0 && given[k * seats + i]! > MOSTLY * most[k * seats + i]! && most[k * seats + i]! > 0
  for (let i = 0; i < seats; i += 1) {
    const v = network.boardSeat[i]!
    if (isFree[v] === 0 || level[v]! <= 0 || !isMostly(last + 1, i) || isMostly(first - 1, i)) continue
    let part = 0
    for (let k = first; k <= last; k += 1) part += given[k * seats + i]!
    part = Math.min(part, level[v]!)
    const { spanMs, stepW, maxSteps } = schedule.board.seats[v]!
    for (let t = begins[last + 1]! - 1; t >= begins[first]! && part > 0 && spanMs[t]! > 0; t -= 1) {
      if (schedule.steps[v]![t]! > 0 || stepsFree(schedule, v, t) < maxSteps) break
      const steps = Math.min(maxSteps, stepsToDeliver(schedule.board.seats[v]!, part, spanMs[t]!))
      setSteps(schedule, v, t, steps)
      part -= stepW[steps]! * spanMs[t]!
      level[v]! -= stepW[steps]! * spanMs[t]!
    }
  }
}
