import { minutes } from '#lib/time/instant.ts'
import { extendRun, inOrderOfNeed, placeBlocks } from './blocks.ts'
import { WH } from './board.ts'
import { demandCostMicro, energyCostMicro } from './cost.ts'
import { giveRow } from './fill.ts'
import { firmSlots, lay } from './keep.ts'
import type { Merit } from './merit.ts'
import { periodCount } from './periods.ts'
import { energyOf, missingOf, type Schedule, setSteps } from './schedule.ts'
import { blocksOf } from './score.ts'

/** Welcome energy is not worth more periods than this in one plan. */
const MOST_PERIODS = 6
/** Prices are taken together into at most so many stages. */
const STAGES = 4
/** So many blocks are added to each vehicle in one stage. */
const BLOCKS = 3
/** A block of welcome energy shorter than this (at full power) is not worth its two changes. */
const LEAST_MS = minutes(30)

/**
 * Welcome energy, in the room that the needs leave: what the last plan had first, then each vehicle's own block goes on, then one block
 * more. Only where it is worth its price, in few periods, never in slivers.
 */
export const withExtra = (schedule: Schedule, merit: Merit, rows: number[][] | undefined): Schedule => {
  const { seats, input } = schedule.board
  const price = input.prices.microPerKwh
  // without a reserve price the vehicle is wanted full: price only orders the slots
  const reserve = input.prices.reserveMicroPerKwh ?? Number.POSITIVE_INFINITY
  const isWorth = (t: number) => price[t]! <= reserve
  const order = inOrderOfNeed(schedule).filter((v) => missingOf(schedule, v) === 0)
  const firm = rows ? firmSlots(schedule.board) : 0
  if (rows) for (const v of order) keepExtra(schedule, v, rows[v]!, firm, isWorth)
  // the cheap hours first, for all: in one block of a vehicle the dear ones would come before them
  for (const most of stagesOf(price)) {
    // what one block more cannot take of a stage's hours the next one may: dearer hours come only then
    for (let block = 0; block < BLOCKS; block += 1)
      for (const v of order) if (seats[v]!.extra > 0) addExtra(schedule, v, merit, (t) => t >= firm && price[t]! <= most && isWorth(t))
  }
  return schedule
}

/** Prices up to which slots are filled, one after the other. */
const stagesOf = (price: number[]): number[] => {
  const prices = [...new Set(price)].sort((a, b) => a - b)
  const stages = Math.min(STAGES, prices.length)
  return Array.from({ length: stages }, (_, i) => prices[Math.ceil(((i + 1) * prices.length) / stages) - 1]!)
}

/** Of two plans the one that stays: what is welcome is worth its reserve price, or at least what the dearest slot costs. */
export const isWorthKeeping = (kept: Schedule, other: Schedule, tolerance: number): boolean => {
  const { prices } = kept.board.input
  const perKwh = prices.reserveMicroPerKwh ?? Math.max(0, ...prices.microPerKwh)
  const cost = (schedule: Schedule) => energyCostMicro(schedule) + demandCostMicro(schedule)
  const worth = (schedule: Schedule) => (schedule.board.seats.reduce((all, _, v) => all + energyOf(schedule, v), 0) * perKwh) / (1000 * WH)
  return cost(kept) - worth(kept) <= cost(other) - worth(other) + Math.abs(cost(other)) * tolerance
}

/** The row of the last plan, as far as there is room; a need told a little lower from one minute to the next takes nothing from it. */
const keepExtra = (schedule: Schedule, v: number, row: number[], firm: number, isWorth: (t: number) => boolean): void => {
  const { target, extra, stepW, maxSteps, port } = schedule.board.seats[v]!
  const wanted = target + extra
  if (wanted === 0) return
  const needed = schedule.steps[v]!.slice()
  const allowed = row.map((steps, t) => (isWorth(t) ? steps : 0))
  lay(schedule, v, allowed, wanted, (stepW[maxSteps] ?? 0) * schedule.board.slotMs)
  // what others took may have left it in pieces; what is under way goes on, if the port holds it
  const most = Math.max(periodCount(needed), mostPeriods(schedule, v))
  while (periodCount(schedule.steps[v]!) > most && dropLeast(schedule, v, needed, firm)) {}
  while ((periodCount(schedule.steps[v]!) > port.maxPeriods || pauses(schedule, v)) && dropLeast(schedule, v, needed, 0)) {}
}

/** Takes away the stretch of welcome energy from slot `firm` on with the least in it, of equals the last; false when there is none. */
const dropLeast = (schedule: Schedule, v: number, needed: ArrayLike<number>, firm: number): boolean => {
  const { stepW, spanMs } = schedule.board.seats[v]!
  const row = schedule.steps[v]!
  let least: { from: number; until: number; energy: number } | undefined
  for (let from = 0; from < row.length; from += 1) {
    if (row[from] === needed[from]) continue
    let [until, energy] = [from, 0]
    for (; until < row.length && row[until] === row[from] && row[until] !== needed[until]; until += 1)
      energy += (stepW[row[until]!]! - stepW[needed[until]!]!) * spanMs[until]!
    if (from >= firm && (!least || energy <= least.energy)) least = { from, until, energy }
    from = until - 1
  }
  if (!least) return false
  for (let t = least.from; t < least.until; t += 1) setSteps(schedule, v, t, needed[t]!)
  return true
}

const addExtra = (schedule: Schedule, v: number, merit: Merit, allowed: (t: number) => boolean): void => {
  const { stepW, maxSteps, target, extra } = schedule.board.seats[v]!
  const fullW = stepW[maxSteps] ?? 0
  const left = () => target + extra - energyOf(schedule, v)
  const least = Math.min(LEAST_MS * fullW, extra / 2)
  const attempt = (add: () => void) => {
    const before = schedule.steps[v]!.slice()
    const had = left()
    add()
    const isCalm = periodCount(schedule.steps[v]!) <= Math.max(periodCount(before), mostPeriods(schedule, v))
    if (!isCalm || pauses(schedule, v) || had - left() < Math.min(least, had)) giveRow(schedule, v, before)
  }
  if (left() < least) return
  attempt(() => extendRun(schedule, v, merit, left() - (fullW * schedule.board.slotMs) / 2, allowed))
  if (left() >= least) attempt(() => placeBlocks(schedule, v, merit, left(), allowed, 1))
}

/** Does it pause and would not wake? */
const pauses = ({ board, steps }: Schedule, v: number): boolean => !board.seats[v]!.need.mayPause && blocksOf(steps[v]!) > 1

const mostPeriods = ({ board }: Schedule, v: number): number => Math.min(MOST_PERIODS, board.seats[v]!.port.maxPeriods)
