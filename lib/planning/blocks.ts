import { addEnergy } from './fill.ts'
import { type Merit, place, upTo } from './merit.ts'
import { inOwnPeriods } from './periods.ts'
import { cheapestRun, type SteppedRun } from './runs.ts'
import { energyOf, type Schedule, setSteps, stepsFree, stepsToDeliver, taperW } from './schedule.ts'
import { rankOf } from './score.ts'
import { asItTakes } from './tapered.ts'

// One vehicle, one block at one power: what people call a plan, and what a charger holds in three periods.

type Block = { from: number; until: number; steps: number; energy: number; merit: number }

/** A rest that is left after this many blocks is not placed. */
const MOST_BLOCKS = 3
/** A run whose power changes is worth it where it costs less by this part. */
const WORTH_CHANGES = 0.002
/** Blocks whose merit differs by less cost the same. */
const EQUAL = 1e-9

/** Who is placed first: asked for by a person, by priority, then the one that must begin first to be ready (it never changes while it waits). */
export const inOrderOfNeed = ({ board }: Schedule, by: 'latestStart' | 'departure' = 'latestStart'): number[] => {
  const { seats } = board
  const rank = (v: number) => rankOf(seats[v]!)
  const start = (v: number) =>
    seats[v]!.need.departs - (by === 'departure' ? 0 : seats[v]!.target / (seats[v]!.stepW[seats[v]!.maxSteps] || 1))
  return upTo(seats.length).toSorted((a, b) => rank(b) - rank(a) || start(a) - start(b) || a - b)
}

/** Gives the seat `energy` W·ms more in as few blocks as possible: the best by merit, then the one that ends first. Answers what it added. */
export const placeBlocks = (
  schedule: Schedule,
  v: number,
  merit: Merit,
  energy: number,
  allowed: (t: number) => boolean = () => true,
  most = MOST_BLOCKS,
): number => {
  const { need } = schedule.board.seats[v]!
  if (!need.mayPause && (need.chargeFirst || need.taper)) return placeRun(schedule, v, merit, energy, allowed)
  if (!need.mayPause) return placeUnbroken(schedule, v, merit, energy, allowed)
  if (need.chargeFirst) return addEnergy(schedule, v, energy, upTo(schedule.board.slots))
  if (need.taper) {
    const given = place(schedule, v, merit, energy, allowed)
    asItTakes(schedule, v)
    return given
  }
  let left = energy
  for (let i = 0; i < most && left > 0; i += 1) {
    const block = bestBlock(schedule, v, merit, left, allowed)
    if (!block) break
    layBlock(schedule, v, block, left, merit, allowed)
    left -= block.energy
  }
  return energy - Math.max(0, left)
}

/**
 * For one that would not wake after a pause: a block at one power; or a run whose power changes (at least the minimum where power is dear or
 * short), where that gives more or costs clearly less. Answers what it added.
 */
const placeUnbroken = (schedule: Schedule, v: number, merit: Merit, energy: number, allowed: (t: number) => boolean): number => {
  const block = bestBlock(schedule, v, merit, energy, allowed)
  const run = schedule.steps[v]!.some((steps) => steps > 0) ? undefined : cheapestRun(schedule, v, merit, energy, allowed)
  const isWorth = run && (!block || run.energy > block.energy || run.merit < block.merit - Math.abs(block.merit) * WORTH_CHANGES)
  if (isWorth && layRun(schedule, v, run, block?.energy ?? 0)) return Math.min(energy, energyOf(schedule, v))
  if (block) layBlock(schedule, v, block, energy, merit, allowed)
  return block?.energy ?? 0
}

/** Lays the run in as few periods as the port holds; false (and nothing laid) where that gives no more than `least`. */
const layRun = (schedule: Schedule, v: number, { from, until, steps }: SteppedRun, least: number): boolean => {
  for (let t = from; t < until; t += 1) setSteps(schedule, v, t, steps[t]!)
  inOwnPeriods(schedule, v)
  if (energyOf(schedule, v) >= least) return true
  for (let t = 0; t < steps.length; t += 1) setSteps(schedule, v, t, 0)
  return false
}

/**
 * One run without a pause, in each slot as much as there is room for: for those whose power one block cannot tell. The best by merit of all
 * that give `energy` (who goes first: the first); where none does, the one that gives most. Answers what it added.
 */
const placeRun = (schedule: Schedule, v: number, merit: Merit, energy: number, allowed: (t: number) => boolean = () => true): number => {
  const { slots, seats } = schedule.board
  const seat = seats[v]!
  const { spanMs, stepW, minSteps, need } = seat
  if (schedule.steps[v]!.some((steps) => steps > 0)) return 0
  const free = upTo(slots).map((t) => (spanMs[t]! > 0 && allowed(t) ? stepsFree(schedule, v, t) : 0))
  let best: { from: number; until: number; given: number; merit: number } | undefined
  for (let from = 0; from < slots; from += 1) {
    if (free[from]! < minSteps) continue
    let [given, weighed, until] = [0, 0, from]
    for (; until < slots && free[until]! >= minSteps && given < energy; until += 1) {
      const here = Math.min(stepW[free[until]!]!, taperW(seat, given)) * spanMs[until]!
      given += here
      weighed += here * merit.of[until]!
    }
    const run = { from, until, given: Math.min(given, energy), merit: need.chargeFirst ? until : weighed }
    if (!best || run.given > best.given || (run.given === best.given && run.merit < best.merit)) best = run
  }
  if (!best) return 0
  for (let t = best.from; t < best.until; t += 1) setSteps(schedule, v, t, free[t]!)
  const last = best.until - 1
  const surplus = energyOf(schedule, v) - energy
  // the last slot gives what is needed of it
  if (surplus > 0 && !need.taper) {
    const steps = stepsToDeliver(seat, stepW[free[last]!]! * spanMs[last]! - surplus, spanMs[last]!)
    if (steps < free[last]!) setSteps(schedule, v, last, steps)
  }
  asItTakes(schedule, v)
  return best.given
}

/** The block that gives `energy`; where there is none, the one that gives most of it. Slots in which the seat has something are left alone. */
export const bestBlock = (
  schedule: Schedule,
  v: number,
  merit: Merit,
  energy: number,
  allowed: (t: number) => boolean = () => true,
): Block | undefined => {
  const { slots, seats } = schedule.board
  const { spanMs, stepW, minSteps } = seats[v]!
  const row = schedule.steps[v]!
  const { of } = merit
  const free = new Int32Array(slots)
  for (let t = 0; t < slots; t += 1) if (spanMs[t]! > 0 && row[t] === 0 && allowed(t)) free[t] = stepsFree(schedule, v, t)
  let best: Block | undefined
  for (let from = 0; from < slots; from += 1) {
    if (free[from]! < minSteps) continue
    let steps = free[from]!
    let ms = 0
    let weighed = 0
    for (let t = from; t < slots && free[t]! >= minSteps; t += 1) {
      steps = Math.min(steps, free[t]!)
      ms += spanMs[t]!
      weighed += spanMs[t]! * of[t]!
      const all = stepW[steps]! * ms
      const enough = all >= energy
      // the most so far, where none gives enough
      if (!enough && best && all < best.energy) continue
      // of the worse end only what is needed counts
      const end = of[from]! > of[t]! ? from : t
      const over = enough ? Math.min(all - energy, stepW[steps]! * spanMs[end]!) * of[end]! : 0
      const block = { from, until: t + 1, steps, energy: Math.min(all, energy), merit: stepW[steps]! * weighed - over }
      if (!best || isBetter(block, best, energy)) best = block
      if (enough) break
    }
  }
  return best
}

const isBetter = (a: Block, b: Block, energy: number): boolean => {
  if (a.energy !== b.energy) return a.energy > b.energy
  if (a.energy < energy) return a.until < b.until
  const scale = Math.max(Math.abs(a.merit), Math.abs(b.merit)) * EQUAL
  if (Math.abs(a.merit - b.merit) > scale) return a.merit < b.merit
  return a.until < b.until || (a.until === b.until && a.steps > b.steps)
}

/** The last slot (the first, where that is the worse one) gets only what is needed, unless more is welcome there and others can go round it. */
const layBlock = (
  schedule: Schedule,
  v: number,
  { from, until, steps }: Block,
  energy: number,
  merit: Merit,
  allowed: (t: number) => boolean,
): void => {
  const seat = schedule.board.seats[v]!
  let ms = 0
  for (let t = from; t < until; t += 1) {
    setSteps(schedule, v, t, steps)
    ms += seat.spanMs[t]!
  }
  const end = merit.of[from]! > merit.of[until - 1]! ? from : until - 1
  const surplus = seat.stepW[steps]! * ms - energy
  if (surplus <= 0 || (seat.need.mayPause && energyOf(schedule, v) <= seat.target + seat.extra && allowed(end))) return
  const there = seat.stepW[steps]! * seat.spanMs[end]!
  if (surplus < there) setSteps(schedule, v, end, Math.min(steps, stepsToDeliver(seat, there - surplus, seat.spanMs[end]!)))
}

/** The last block of the seat goes on at its power, slot by slot, while there is room; answers the energy added. */
export const extendRun = (
  schedule: Schedule,
  v: number,
  merit: Merit,
  energy: number,
  allowed: (t: number) => boolean = () => true,
): number => {
  const { stepW, spanMs, maxSteps } = schedule.board.seats[v]!
  const row = schedule.steps[v]!
  const end = row.findLastIndex((steps) => steps > 0)
  if (end < 0) return 0
  let added = 0
  // a last slot that was given less is filled up first
  const steps = end > 0 && row[end - 1]! > row[end]! ? row[end - 1]! : row[end]!
  for (let t = end; t < row.length && added < energy; t += 1) {
    if (spanMs[t] === 0 || !allowed(t) || merit.of[t]! > merit.of[end]! || stepsFree(schedule, v, t) < Math.min(steps, maxSteps)) break
    added += (stepW[steps]! - stepW[row[t]!]!) * spanMs[t]!
    setSteps(schedule, v, t, steps)
  }
  return added
}
