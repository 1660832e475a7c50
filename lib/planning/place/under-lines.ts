import type { Board } from '../board.ts'
import { carry } from '../flow/fills.ts'
import type { Level } from '../flow/greedy.ts'
import { sum } from '../flow/greedy.ts'
import { fillUp } from '../flow/max-flow.ts'
import type { Schedule } from '../schedule.ts'
import { EVEN, type Whole } from './in-whole-steps.ts'
import { draw, type Lines, lineAt, linesOf, OVER_MA } from './lines.ts'

/** Looks at all lines, each of which may fill others. */
const ROUNDS = 6

/**
 * The flow brought under the amperes of its lines: where one carries too much, those who have most room elsewhere have less there, and the
 * flow has it elsewhere, the cheapest slots first, under the same peaks. What it can have nowhere else stays where it was.
 */
export const underLines = (schedule: Schedule, whole: Whole, levels: Level[]): void => {
  const { flow } = whole
  const { network, given, left } = flow
  const before = network.most.slice()
  const lines = linesOf(schedule, network)
  if (!lines) return
  const unused = lines.room.slice()
  for (let round = 0; round < ROUNDS; round += 1) {
    lines.room.set(unused)
    drawAll(lines, whole)
    if (!relieve(schedule.board, whole, lines)) break
    flow.bits = undefined
    byLevel(whole, levels)
  }
  if (sum(left) === 0) return
  // no other place: settling finds how much of it the lines let through
  network.most.set(before.map((most, cell) => Math.max(most, given[cell]!)))
  flow.bits = undefined
  byLevel(whole, levels)
}

const byLevel = ({ flow }: Whole, levels: Level[]): void => {
  flow.open.fill(0)
  for (const { slots } of levels) {
    for (const t of slots) flow.open[t] = 1
    if (sum(flow.left) > 0) fillUp(flow, false, slots)
  }
}

const drawAll = (lines: Lines, { flow: { network, given } }: Whole): void => {
  for (let t = 0; t < network.slots; t += 1)
    for (let i = 0; i < network.seats; i += 1)
      if (given[t * network.seats + i]! > 0) draw(lines, i, t, given[t * network.seats + i]! / network.spanMs[t]!)
}

/** Takes from each line what is too much, and lets its seats have no more in that slot; false where no line has too much. */
const relieve = (board: Board, { flow, stepW }: Whole, lines: Lines): boolean => {
  const { network, given, left } = flow
  const { seats, slots, most, from, until, spanMs } = network
  const on = seatsOf(lines)
  const spare = Float64Array.from({ length: seats }, (_, i) => {
    let all = 0
    for (let t = from[i]!; t < until[i]!; t += 1) all += most[t * seats + i]! - given[t * seats + i]!
    return all
  })
  let any = false
  for (const [line, members] of on.entries())
    for (let t = 0; t < slots; t += 1) {
      // slots of another length were settled before
      if (lineAt(lines, line, t) >= -OVER_MA || spanMs[t] !== board.slotMs) continue
      const here = members.filter((i) => given[t * seats + i]! > 0).sort((a, b) => spare[b]! - spare[a]! || a - b)
      for (const i of here) {
        const over = -lineAt(lines, line, t)
        if (over < OVER_MA) break
        const cell = t * seats + i
        const unit = stepW[i]! * spanMs[t]!
        const less = Math.min(given[cell]!, Math.ceil(over / (lines.perW[i]! * stepW[i]!) - EVEN) * unit)
        carry(flow, i, t, -less)
        draw(lines, i, t, -less / spanMs[t]!)
        left[i]! += less
        spare[i]! -= less
        any = true
      }
      for (const i of members) most[t * seats + i] = given[t * seats + i]!
    }
  return any
}

const seatsOf = ({ of, count }: Lines): number[][] => {
  const on: number[][] = Array.from({ length: count }, () => [])
  for (const [i, lines] of of.entries()) for (const line of lines) on[line]!.push(i)
  return on
}
