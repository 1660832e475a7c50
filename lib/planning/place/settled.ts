import { WH } from '../board.ts'
import { addEnergy, fillOwn, giveRow } from '../fill.ts'
import type { Relaxed } from '../flow/relax.ts'
import type { Merit } from '../merit.ts'
import { canGiveWay, fitsPeriods, periodCount } from '../periods.ts'
import { copyOf, energyOf, lackingOf, type Schedule } from '../schedule.ts'
import { rankOf } from '../score.ts'
import { type Budget, exchange } from './exchange.ts'
import { filledUp } from './filled-up.ts'
import { inWholeSteps, type Whole } from './in-whole-steps.ts'
import { keepTo } from './keep-to.ts'
import { settle } from './settle.ts'
import { trim } from './trim.ts'

/**
 * So many times what whole steps could not place is sought a place for by the flow, and settled again. With more seats × slots once: moves find
 * as much, under lower peaks.
 */
const ROUNDS = 2
const MANY = 10_000
/** Rounds without a gain, after which none is hoped for. */
const VAIN = 2
/** A gain is at least this part. */
const GAIN = 0.05
/** … under peaks that are higher by such parts of a step from round to round. */
const OF_A_STEP = 0.125
const OF_A_PEAK = 0.001
/** Less than this part of all energy is sought a place for by moves alone, under peaks that are raised so many times. */
const LITTLE = 0.001
const RAISES = 6

/** One that has more periods than its port holds is as bad as this much missing, W·ms. */
const OF_A_CHANGE = WH * 1000

type Asked = { guide: Relaxed; merit: Merit; free: number[]; wanted: ArrayLike<number>; budget: Budget; mayMove: (u: number) => boolean }

/**
 * The optimum on the plan's own slots in whole steps, beside what `schedule` holds already: under the optimum's peaks and as little above
 * them as whole steps take.
 */
export const settled = (schedule: Schedule, { guide, merit, free, wanted, budget, mayMove }: Asked): Schedule => {
  const { board } = schedule
  const whole = inWholeSteps(schedule, guide, wanted, merit.of)
  const all = free.reduce((sum, v) => sum + wanted[v]!, 0)
  const lackingIn = (of: Schedule) => free.reduce((sum, v) => sum + lackingOf(of, v, wanted[v]!), 0)
  const rounds = board.seats.length * board.slots > MANY ? 1 : ROUNDS
  let best: Schedule | undefined
  let least = Number.POSITIVE_INFINITY
  let vain = 0
  const restless = new Set<number>()
  for (let round = 0; round < rounds; round += 1) {
    let next = keepTo(copyOf(schedule), whole.peaks, 0)
    const cut = settle(next, whole.flow, merit.of, { restless })
    // what not even the flow could give is no fault of whole steps
    const isShort = whole.flow.left.some((energy) => energy > 0)
    const madeUp = () => {
      for (const v of free) {
        if (lackingOf(next, v, wanted[v]!) === 0) continue
        withinPeriods(next, v, () => fillOwn(next, v, wanted[v]!, merit.of))
        for (const slots of merit.levels) withinPeriods(next, v, () => addEnergy(next, v, wanted[v]! - energyOf(next, v), slots))
      }
      for (const v of free) trim(next, v, wanted[v]!, merit.of)
      const late = free.filter((v) => lackingOf(next, v, wanted[v]!) > 0).sort((a, b) => rankOf(board.seats[b]!) - rankOf(board.seats[a]!))
      if (late.length === 0) return 0
      const spare = board.seats.map(({ port }, v) => canGiveWay(port, periodCount(next.steps[v]!)))
      exchange(next, { seats: late, wanted, price: merit.of, budget, mayMove: (u) => mayMove(u) && spare[u]! })
      return lackingIn(next)
    }
    let missing = madeUp()
    // the last of it under peaks that are raised by little and little
    for (let raise = 1; raise <= RAISES && !isShort && missing > 0 && missing < all * LITTLE && whole.peaks.length > 0; raise += 1) {
      next = keepTo(next, raised(whole, raise), 0)
      missing = madeUp()
    }
    vain = missing < least * (1 - GAIN) ? 0 : vain + 1
    const over = free.filter((v) => !fitsPeriods(next, v))
    const worth = missing + over.length * OF_A_CHANGE
    if (worth < least) [best, least] = [next, worth]
    if (worth === 0 || (isShort && vain === VAIN) || (missing === 0 && over.every((v) => restless.has(v)))) break
    if (round + 1 === rounds) break
    for (const v of over) restless.add(v)
    asFlow(next, whole, free, wanted)
    // where a phase was full the flow looks elsewhere
    for (const cell of cut) whole.flow.network.most[cell] = whole.flow.given[cell]!
    whole.flow.bits = undefined
    // what the flow can place and settling cannot, a little more room lets it
    whole.peaks = filledUp(board, whole, guide.fine.levels, raised(whole, round))
  }
  return best!
}

/** What makes more periods than the port holds is taken back. */
export const withinPeriods = (schedule: Schedule, v: number, add: () => void): void => {
  const before = schedule.steps[v]!.slice()
  add()
  if (!fitsPeriods(schedule, v) && periodCount(before) <= schedule.board.seats[v]!.port.maxPeriods) giveRow(schedule, v, before)
}

const raised = ({ peaks, siteStepW }: Whole, round: number): number[] =>
  peaks.map((peak) => Math.ceil(peak + round ** 2 * OF_A_STEP * Math.max(siteStepW, peak * OF_A_PEAK)))

/** The schedule as a flow, with what is lacking to be given. */
const asFlow = (schedule: Schedule, { flow, stepW: unitW }: Whole, free: number[], wanted: ArrayLike<number>): void => {
  const { network, given, through, left } = flow
  const { seats, slots, leaf, nodes, parent, boardSeat } = network
  given.fill(0)
  through.fill(0)
  left.fill(0)
  const isFree = new Set(free)
  for (let i = 0; i < seats; i += 1) {
    const v = boardSeat[i]!
    if (!isFree.has(v)) continue
    const { stepW, spanMs } = schedule.board.seats[v]!
    const row = schedule.steps[v]!
    let all = 0
    for (let t = 0; t < slots; t += 1) {
      if (row[t] === 0) continue
      const energy = stepW[row[t]!]! * spanMs[t]!
      given[t * seats + i] = energy
      for (let n = leaf[i]!; n >= 0; n = parent[n]!) through[t * nodes + n]! += energy
      all += energy
    }
    const unit = unitW[i]! * schedule.board.slotMs
    left[i] = lackingOf(schedule, v, wanted[v]!) > 0 ? Math.max(0, Math.ceil((wanted[v]! - all) / unit) * unit) : 0
  }
}
