import { lowest } from '../flow/bits.ts'
import { periodCount, type Run, runsOf } from '../periods.ts'
import { type Schedule, setSteps, stepsFree } from '../schedule.ts'

/** Vehicles with more periods than this are looked at … */
const CALM = 14
/** … and their runs of at most so many slots are moved. */
const SHORT = 6
const ROUNDS = 1
/** Others tried for one run. */
const TRIES = 4
/** Places looked at in all: bounded by work, never by the clock. */
const SCANS = 3_000
/** Powers that differ by at most this part are exchanged as equal. */
const NEARLY = 0.02

/**
 * Fewer changes for the same money: a short run of one vehicle goes beside another run of it, and who was there takes its old place. What
 * all draw together stays as it was, slot by slot, but for a step; so do the energies.
 */
export const smooth = (schedule: Schedule, mayMove: (v: number) => boolean): void => {
  const { seats, slots } = schedule.board
  const counts = seats.map((_, v) => periodCount(schedule.steps[v]!))
  if (!counts.some((count) => count > CALM)) return
  const words = (seats.length + 31) >> 5
  const work: Work = { schedule, counts, words, on: new Int32Array(slots * words), movable: new Int32Array(words), scans: SCANS }
  for (let v = 0; v < seats.length; v += 1) {
    if (mayMove(v)) work.movable[v >> 5]! |= 1 << (v & 31)
    for (let t = 0; t < slots; t += 1) if (schedule.cells[v * slots + t]! > 0) work.on[t * words + (v >> 5)]! |= 1 << (v & 31)
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    const order = [...seats.keys()].filter((v) => mayMove(v) && counts[v]! > CALM).sort((a, b) => counts[b]! - counts[a]! || a - b)
    let changed = false
    for (const v of order) {
      for (let again = true; again && counts[v]! > CALM; ) {
        again = moveOne(work, v)
        changed ||= again
      }
    }
    if (!changed) return
  }
}

/** A bit for each seat, 32 in a word: who charges in a slot (`on[t * words + word]`), and who may be moved. */
type Work = { schedule: Schedule; counts: number[]; words: number; on: Int32Array; movable: Int32Array; scans: number }

const moveOne = (work: Work, v: number): boolean => {
  const { schedule } = work
  const row = schedule.steps[v]!
  const runs = runsOf(row).filter(({ steps }) => steps > 0)
  const short = runs
    .filter(({ from, until }) => until - from <= SHORT)
    .sort((a, b) => a.until - a.from - (b.until - b.from) || a.from - b.from)
  for (const run of short) {
    const length = run.until - run.from
    for (const other of runs) {
      if (other === run) continue
      for (const to of [other.until, other.from - length]) {
        if (to < 0 || to + length > row.length || !isIdle(row, to, length) || (to < run.until && run.from < to + length)) continue
        if (!isWhole(schedule, v, to, length) || !isWhole(schedule, v, run.from, length)) continue
        if (work.scans > 0 && exchanged(work, v, run, to)) return true
      }
    }
  }
  return false
}

const isIdle = (row: ArrayLike<number>, from: number, length: number): boolean => {
  for (let t = from; t < from + length; t += 1) if (row[t] !== 0) return false
  return true
}

const isWhole = ({ board }: Schedule, v: number, from: number, length: number): boolean => {
  const { spanMs } = board.seats[v]!
  for (let t = from; t < from + length; t += 1) if (spanMs[t] !== (t === 0 ? board.firstSpanMs : board.slotMs)) return false
  return from > 0
}

/** The run goes to `to`; another vehicle that charges there alike takes its place. */
const exchanged = (work: Work, v: number, run: Run, to: number): boolean => {
  const { schedule, words, on, movable } = work
  const { seats, slots } = schedule.board
  work.scans -= 1
  const length = run.until - run.from
  const powerW = seats[v]!.stepW[run.steps]!
  let tries = 0
  for (let w = 0; w < words && tries < TRIES; w += 1) {
    // who charges in all slots there and in none here
    let some = movable[w]!
    for (let t = 0; t < length && some !== 0; t += 1) some &= on[(to + t) * words + w]! & ~on[(run.from + t) * words + w]!
    for (; some !== 0 && tries < TRIES; some &= some - 1) {
      const u = (w << 5) + lowest(some)
      const steps = schedule.cells[u * slots + to]!
      if (Math.abs(seats[u]!.stepW[steps]! - powerW) > powerW * NEARLY) continue
      if (!isSame(schedule.steps[u]!, to, length, steps) || !isIdle(schedule.steps[u]!, run.from, length)) continue
      if (!isWhole(schedule, u, run.from, length) || !isWhole(schedule, u, to, length)) continue
      tries += 1
      if (swap(work, v, u, { run, to, steps })) return true
    }
  }
  return false
}

type Swap = { run: Run; to: number; steps: number }

const swap = ({ schedule, counts, words, on }: Work, v: number, u: number, { run, to, steps }: Swap): boolean => {
  const length = run.until - run.from
  const set = (seat: number, from: number, value: number) => {
    for (let t = from; t < from + length; t += 1) {
      setSteps(schedule, seat, t, value)
      if (value > 0) on[t * words + (seat >> 5)]! |= 1 << (seat & 31)
      else on[t * words + (seat >> 5)]! &= ~(1 << (seat & 31))
    }
  }
  const fits = (seat: number, from: number, value: number) => {
    for (let t = from; t < from + length; t += 1) if (stepsFree(schedule, seat, t) < value) return false
    return true
  }
  set(v, run.from, 0)
  set(u, to, 0)
  let isDone = fits(v, to, run.steps) && fits(u, run.from, steps)
  if (isDone) {
    set(v, to, run.steps)
    set(u, run.from, steps)
    const [ofV, ofU] = [periodCount(schedule.steps[v]!), periodCount(schedule.steps[u]!)]
    isDone = ofV + ofU < counts[v]! + counts[u]! && ofV < counts[v]! && ofU <= Math.max(counts[u]!, CALM)
    if (isDone) {
      counts[v] = ofV
      counts[u] = ofU
      return true
    }
    set(v, to, 0)
    set(u, run.from, 0)
  }
  set(v, run.from, run.steps)
  set(u, to, steps)
  return false
}

const isSame = (row: ArrayLike<number>, from: number, length: number, steps: number): boolean => {
  for (let t = from; t < from + length; t += 1) if (row[t] !== steps) return false
  return true
}
