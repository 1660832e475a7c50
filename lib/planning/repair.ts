import type { Board } from './board.ts'
import { rootsOf } from './cost.ts'
import { addEnergy, giveRow } from './fill.ts'
import { upTo } from './merit.ts'
import { missingOf, type Schedule, setSteps, stepsFree, stepsToDeliver } from './schedule.ts'

/** Moves tried for one vehicle, and for those it moves in turn. */
const TRIES = [400, 40]
/** All moves tried in one schedule cost about this many slots of work. */
const WORK = 1_500_000

/** Moves that may still be tried: bounded by the size of the depot, never by the clock. */
export type Budget = { tries: number }
export const budgetFor = ({ seats, slots }: Board): Budget => ({ tries: Math.floor(WORK / Math.max(1, seats.length * slots)) })

/** Energy that no plan can deliver, because the roots of the tree cannot carry it while the vehicles are there, W·ms. */
export const unavoidablyMissing = (board: Board): number =>
  rootsOf(board).reduce((missing, { seats, capacityW }) => {
    const wanted = seats.reduce((sum, v) => sum + board.seats[v]!.target, 0)
    const most = capacityW.reduce((sum, w, t) => {
      const present = seats.reduce((energy, v) => energy + board.seats[v]!.stepW.at(-1)! * board.seats[v]!.spanMs[t]!, 0)
      return sum + Math.min(w * board.slotMs, present)
    }, 0)
    return missing + Math.max(0, wanted - most)
  }, 0)

/** A vehicle that misses energy takes a slot from another one that can have the same energy at another time, or take it from a third. */
export const makeRoom = (schedule: Schedule, v: number, budget: Budget): void =>
  take(schedule, v, missingOf(schedule, v), { closed: [v], depth: 0, budget })

/** `closed` seats keep what they have. */
type Move = { closed: number[]; depth: number; budget: Budget }

/** Brings the seat's missing energy down, slot by slot. */
const take = (schedule: Schedule, v: number, wasMissing: number, { closed, depth, budget }: Move): void => {
  const { board } = schedule
  const seat = board.seats[v]!
  let missing = wasMissing
  let tries = TRIES[depth]!
  for (let t = 0; t < board.slots; t += 1) {
    if (seat.spanMs[t] === 0 || schedule.steps[v]![t]! === seat.maxSteps) continue
    for (let u = 0; u < board.seats.length; u += 1) {
      if (missing === 0 || tries === 0 || budget.tries === 0) return
      if (closed.includes(u) || schedule.steps[u]![t] === 0 || !sharesNode(schedule, u, v) || !mayMove(schedule, u)) continue
      tries -= 1
      budget.tries -= 1
      const before = schedule.steps.map((row) => row.slice())
      const mostMissing = missingOf(schedule, u)
      const energy = board.seats[u]!.stepW[schedule.steps[u]![t]!]! * board.seats[u]!.spanMs[t]!
      setSteps(schedule, u, t, 0)
      grow(schedule, v, t)
      addEnergy(schedule, u, energy, upTo(board.slots))
      if (missingOf(schedule, u) > mostMissing && depth + 1 < TRIES.length)
        take(schedule, u, missingOf(schedule, u), { closed: [...closed, u], depth: depth + 1, budget })
      const now = missingOf(schedule, v)
      if (missingOf(schedule, u) <= mostMissing && now < missing) missing = now
      else restore(schedule, before)
    }
  }
}

const grow = (schedule: Schedule, v: number, t: number): void => {
  const seat = schedule.board.seats[v]!
  const own = schedule.steps[v]![t]!
  const wanted = stepsToDeliver(seat, missingOf(schedule, v) + seat.stepW[own]! * seat.spanMs[t]!, seat.spanMs[t]!)
  const steps = Math.min(stepsFree(schedule, v, t), wanted)
  if (steps > own) setSteps(schedule, v, t, steps)
}

const restore = (schedule: Schedule, rows: number[][]): void => {
  const changed = rows.flatMap((row, v) => (row.some((steps, t) => steps !== schedule.steps[v]![t]) ? [v] : []))
  for (const v of changed) for (let t = 0; t < rows[v]!.length; t += 1) setSteps(schedule, v, t, 0)
  for (const v of changed) giveRow(schedule, v, rows[v]!)
}

const mayMove = (schedule: Schedule, u: number): boolean => {
  const { need } = schedule.board.seats[u]!
  return need.mayPause && !need.chargeFirst
}

const sharesNode = (schedule: Schedule, u: number, v: number): boolean =>
  schedule.board.seats[u]!.path.some((n) => schedule.board.seats[v]!.path.includes(n))
