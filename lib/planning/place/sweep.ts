import type { Schedule } from '../schedule.ts'
import { setSteps, stepsFree, stepsToDeliver } from '../schedule.ts'

/** A vehicle that is charging is interrupted only for one that cannot wait any longer. */
const URGENT_SLOTS = 1
const FIRST = -1e15
const NEXT = -1e12
/** A vehicle at less than full power keeps that role: else all would take turns in it. */
const PARTLY = 0.5

/**
 * Goes through `slots` (ascending) and hands out each one's room: who cannot wait first, then who is charging already, then by time to spare
 * within these slots. `wants` = energy by seat, W·ms; what was given is taken off.
 */
export const sweep = (schedule: Schedule, slots: ArrayLike<number>, wants: Float64Array, only: ArrayLike<number>): void => {
  const { board } = schedule
  const { seats, slotMs } = board
  const count = slots.length
  // usable time up to each of the slots
  const before = new Float64Array(count + 1)
  for (let i = 0; i < count; i += 1) before[i + 1] = before[i]! + (slots[i] === 0 ? board.firstSpanMs : slotMs)
  const first = new Int32Array(seats.length)
  const last = new Int32Array(seats.length)
  const fullW = new Float64Array(seats.length)
  const key = new Float64Array(seats.length)
  let leastW = Number.POSITIVE_INFINITY
  const active: number[] = []
  for (let i = 0; i < only.length; i += 1) {
    const v = only[i]!
    const { spanMs, stepW, minSteps, maxSteps } = seats[v]!
    if (wants[v]! <= 0 || maxSteps < minSteps) continue
    let [from, until] = [0, count]
    while (from < until && spanMs[slots[from]!] === 0) from += 1
    while (until > from && spanMs[slots[until - 1]!] === 0) until -= 1
    if (from === until) continue
    first[v] = from
    last[v] = until
    fullW[v] = stepW[maxSteps]!
    leastW = Math.min(leastW, stepW[minSteps]!)
    active.push(v)
  }
  const roots = [...new Set(active.map((v) => seats[v]!.path.at(-1)!))]
  active.sort((a, b) => last[a]! - last[b]! || a - b)
  const present: number[] = []
  for (let i = 0; i < count; i += 1) {
    const t = slots[i]!
    let n = 0
    for (let k = 0; k < present.length; k += 1) if (wants[present[k]!]! > 0 && last[present[k]!]! > i) present[n++] = present[k]!
    present.length = n
    for (let k = 0; k < active.length; k += 1) if (first[active[k]!] === i) present.push(active[k]!)
    if (present.length === 0) continue
    const wasBefore = t > 0 && i > 0 && slots[i - 1] === t - 1
    for (let k = 0; k < present.length; k += 1) {
      const v = present[k]!
      const spare = before[last[v]!]! - before[i]! - wants[v]! / fullW[v]!
      const isUrgent = spare < URGENT_SLOTS * slotMs
      const was = t > 0 && (wasBefore || i === 0) ? schedule.steps[v]![t - 1]! : 0
      const role = was === 0 ? 0 : was === seats[v]!.maxSteps ? NEXT : NEXT * PARTLY
      key[v] = (isUrgent ? FIRST : 0) + role + spare
    }
    insertionSort(present, key)
    for (let k = 0; k < present.length; k += 1) {
      if (schedule.siteW[t]! < leastW || isFull(schedule, roots, t, leastW)) break
      const v = present[k]!
      const seat = seats[v]!
      const span = seat.spanMs[t]!
      if (span === 0) continue
      const own = schedule.steps[v]![t]!
      if (own >= seat.maxSteps) continue
      const free = stepsFree(schedule, v, t)
      if (free <= own) continue
      const steps = Math.min(free, stepsToDeliver(seat, wants[v]! + seat.stepW[own]! * span, span))
      if (steps <= own) continue
      wants[v]! -= (seat.stepW[steps]! - seat.stepW[own]!) * span
      setSteps(schedule, v, t, steps)
    }
  }
}

/** Has no root room for anybody? What the envelope keeps for a port is its own, though. */
const isFull = ({ board, room }: Schedule, roots: number[], t: number, leastW: number): boolean => {
  if (board.hasReserves) return false
  for (const root of roots) if (room[root]![t]! >= leastW) return false
  return true
}

/** By key, the first as it was among equals; nearly sorted already from slot to slot. */
const insertionSort = (list: number[], key: Float64Array): void => {
  for (let i = 1; i < list.length; i += 1) {
    const v = list[i]!
    const own = key[v]!
    let k = i - 1
    while (k >= 0 && key[list[k]!]! > own) {
      list[k + 1] = list[k]!
      k -= 1
    }
    list[k + 1] = v
  }
}
