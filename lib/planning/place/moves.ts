import { fitsPeriods, periodCount } from '../periods.ts'
import { energyOf, lackingOf, type Schedule, setSteps, stepsFree, stepsToDeliver } from '../schedule.ts'
import { rankOf } from '../score.ts'
import type { Search } from './exchange.ts'
import { besides, gainAt, giveWay, hasAll, moreThan } from './give-way.ts'

/** A seat had so many steps in a slot. */
type Was = { u: number; t: number; steps: number }

/** Makes the moves that lead to `last`, who goes on in slot `free` (none: it has that much less); takes all back where somebody would end up with less than it needs. */
export const move = (search: Search, last: number, free: number, others: number[] = []): boolean => {
  const { schedule, from, at, wanted } = search
  const { seats } = schedule.board
  const chain = [last]
  for (let u = last; from[u]! >= 0; u = from[u]!) chain.push(from[u]!)
  chain.reverse()
  const missing = chain.map((u) => lacks(search, u))
  const was: Was[] = []
  const set = (u: number, t: number, steps: number) => {
    was.push({ u, t, steps: schedule.steps[u]![t]! })
    setSteps(schedule, u, t, steps)
  }
  const back = () => {
    for (let i = was.length - 1; i >= 0; i -= 1) setSteps(schedule, was[i]!.u, was[i]!.t, was[i]!.steps)
    return false
  }
  // nobody takes more than the last of them finds elsewhere
  const gains = free < 0 ? Number.POSITIVE_INFINITY : others.reduce((all, t) => all + Math.max(0, gainAt(schedule, last, t)), 0)
  for (let i = 0; i + 1 < chain.length; i += 1) {
    const [u, w] = [chain[i]!, chain[i + 1]!]
    const t = at[w]!
    const { stepW, spanMs, maxSteps } = seats[u]!
    const own = schedule.steps[u]![t]!
    const energy = Math.min(gains, wanted[u]! - energyOf(schedule, u)) + stepW[own]! * spanMs[t]!
    // with all its periods in use a run beside this slot can grow
    const grown = hasAll(schedule, u) ? besides(schedule, u, t) : undefined
    const most = grown ?? Math.max(moreThan(seats[u]!, own), Math.min(maxSteps, stepsToDeliver(seats[u]!, energy, spanMs[t]!)))
    if (most <= own) return back()
    was.push({ u: w, t, steps: schedule.steps[w]![t]! })
    giveWay(schedule, w, t, () => stepsFree(schedule, u, t), most)
    const steps = Math.min(most, stepsFree(schedule, u, t))
    if (steps <= own || (grown !== undefined && steps !== grown)) return back()
    set(u, t, steps)
  }
  if (free >= 0) {
    addAt(search, last, free, set)
    for (const t of others) addAt(search, last, t, set)
  }
  const isLess = (i: number) => lacks(search, chain[i]!) > missing[i]!
  for (let i = chain.length - (free >= 0 ? 1 : 2); i > 0; i -= 1) if (isLess(i)) return back()
  // a port holds no more periods than it has
  for (const u of chain) if (!fitsPeriods(schedule, u) && fittedBefore(schedule, u, was)) return back()
  const gained = missing[0]! - lacks(search, chain[0]!)
  // who is late in the place of an equal one loses no more than that one gains
  const isEqual = free < 0 && rankOf(seats[last]!) === rankOf(seats[chain[0]!]!)
  const lost = isEqual ? lacks(search, last) - missing.at(-1)! : 0
  return gained > 0 && lost <= gained ? true : back()
}

/** Did its port hold the seat's periods before these changes? */
const fittedBefore = ({ board, steps }: Schedule, u: number, was: Was[]): boolean => {
  const row = steps[u]!.slice()
  for (let i = was.length - 1; i >= 0; i -= 1) if (was[i]!.u === u) row[was[i]!.t] = was[i]!.steps
  return periodCount(row) <= board.seats[u]!.port.maxPeriods
}

const addAt = ({ schedule, wanted }: Search, v: number, t: number, set: (v: number, t: number, steps: number) => void): void => {
  const seat = schedule.board.seats[v]!
  const own = schedule.steps[v]![t]!
  const left = wanted[v]! - energyOf(schedule, v)
  if (left <= 0 || !(seat.spanMs[t]! > 0)) return
  const steps = Math.min(stepsFree(schedule, v, t), stepsToDeliver(seat, left + seat.stepW[own]! * seat.spanMs[t]!, seat.spanMs[t]!))
  if (steps <= own) return
  set(v, t, steps)
  if (!fitsPeriods(schedule, v)) set(v, t, own)
}

export const lacks = ({ schedule, wanted }: Search, v: number): number => lackingOf(schedule, v, wanted[v]!)
