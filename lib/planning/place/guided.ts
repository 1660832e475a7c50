import { bestBlock, placeBlocks } from '../blocks.ts'
import type { Board } from '../board.ts'
import { addEnergy } from '../fill.ts'
import { type Network, networkOf } from '../flow/network.ts'
import { type Relaxed, relax } from '../flow/relax.ts'
import { type Merit, place, upTo } from '../merit.ts'
import { emptySchedule, energyOf, lackingOf, type Schedule } from '../schedule.ts'
import { budgetFor, exchange } from './exchange.ts'
import { keepTo, keepToOwn } from './keep-to.ts'
import { fillOwn, refined } from './refine.ts'
import { sweep } from './sweep.ts'

/** How far the peaks are raised, step by step, for energy that whole amperes could not place under the best ones. */
const RAISES = [0.0003, 0.001, 0.002, 0.003, 0.004, 0.006, 0.008, 0.01, 0.015, 0.02, 0.03, 0.06, 0.1, 0.3, 1]
const REFINED = [0.0003, 0.001, 0.002, 0.004, 0.008, 0.015, 0.03]

/**
 * The relaxed optimum in whole steps: who cannot be moved slot by slot is placed first, the rest gets in each level of price what the
 * optimum gives it there; what does not fit is placed along augmenting paths, at last under a slightly higher peak.
 */
export const guided = (board: Board, merit: Merit, relaxed: Relaxed): Schedule => {
  const { seats } = board
  const isPinned = seats.map(({ need }) => need.chargeFirst === true || !need.mayPause || need.taper !== undefined)
  const wanted = wantedBySeat(board, relaxed)
  let schedule = emptySchedule(board)
  const pinned = upTo(seats.length).filter((v) => isPinned[v]! && seats[v]!.target > 0)
  if (pinned.length > 0) placePinned(schedule, merit, pinned, relaxed)
  const rest = pinned.length === 0 ? relaxed : relaxedRest(schedule, merit, isPinned, relaxed.isMoney)
  schedule = keepTo(schedule, rest.peaks, RAISES[0]!)
  const free = upTo(seats.length).filter((v) => !isPinned[v]! && seats[v]!.target > 0)
  sweepLevels(schedule, rest, free, wanted)
  const budget = budgetFor()
  const mayMove = (u: number) => !isPinned[u]!
  let fine: Network | undefined
  for (const raise of RAISES) {
    const late = free.filter((v) => lackingOf(schedule, v, wanted[v]!) > 0)
    if (late.length === 0) break
    if (raise !== RAISES[0] && rest.peaks.length === 0) break
    schedule = keepTo(schedule, rest.peaks, raise)
    for (const v of late) for (const slots of merit.levels) addEnergy(schedule, v, wanted[v]! - energyOf(schedule, v), slots)
    if (late.every((v) => lackingOf(schedule, v, wanted[v]!) === 0)) break
    fine ??= networkOf({ ...board, room: schedule.board.room }, 1, wanted)
    if (REFINED.includes(raise)) refined(schedule, fine, wanted, merit.of, mayMove)
    exchange(schedule, { seats: late.filter((v) => lackingOf(schedule, v, wanted[v]!) > 0), wanted, price: merit.of, budget, mayMove })
  }
  for (const v of free) fillOwn(schedule, v, wanted[v]!, merit.of)
  return keepToOwn(schedule)
}

/** Energy that each seat of the board is to have by the relaxed optimum, W·ms; seats that it does not know, their need. */
const wantedBySeat = ({ seats }: Board, { network, wanted }: Relaxed): Float64Array => {
  const of = Float64Array.from(seats, () => 0)
  for (let i = 0; i < network.seats; i += 1) of[network.boardSeat[i]!] = Math.min(wanted[i]!, seats[network.boardSeat[i]!]!.target)
  return of
}

const placePinned = (schedule: Schedule, merit: Merit, pinned: number[], relaxed: Relaxed): void => {
  const { seats } = schedule.board
  const rank = (v: number) => (seats[v]!.need.chargeFirst ? Number.MAX_VALUE : seats[v]!.need.priority)
  const spare = (v: number) => seats[v]!.need.departs - seats[v]!.target / (seats[v]!.stepW.at(-1) || 1)
  for (const v of pinned.toSorted((a, b) => rank(b) - rank(a) || spare(a) - spare(b) || a - b)) {
    const { need, target } = seats[v]!
    if (need.chargeFirst || need.mayPause) {
      place(schedule, v, merit, target)
      continue
    }
    // one block, under the peak where that is possible
    const capped = keepTo(schedule, relaxed.peaks, 0)
    const block = bestBlock(capped, v, merit, target)
    placeBlocks(block && block.energy >= target ? capped : schedule, v, merit, target)
    schedule.siteW.set(keepTo(schedule, [], 0).siteW)
  }
}

/** The optimum of all others, around what is placed already. */
const relaxedRest = (schedule: Schedule, merit: Merit, isPinned: boolean[], isMoney: boolean): Relaxed => {
  const { board } = schedule
  const baseW = board.baseW.slice()
  schedule.steps.forEach((row, v) => {
    for (let t = 0; t < row.length; t += 1) baseW[t]! += board.seats[v]!.stepW[row[t]!]!
  })
  const upToRest = board.seats.map(({ target }, v) => (isPinned[v] ? 0 : target))
  return relax({ ...board, room: schedule.room, roomMa: schedule.roomMa, siteW: schedule.siteW, baseW }, merit.of, upToRest, { isMoney })
}

/** Level by level of price: what the relaxed optimum gives each seat there. What a level could not place is offered the next one. */
const sweepLevels = (schedule: Schedule, { network, solved, levels }: Relaxed, free: number[], wanted: Float64Array): void => {
  const { seats, slotMs } = schedule.board
  const level = new Float64Array(seats.length)
  for (const { slots } of levels) {
    level.fill(0)
    for (const k of slots)
      for (let i = 0; i < network.seats; i += 1) level[network.boardSeat[i]!]! += solved.flow.given[k * network.seats + i]!
    const fine: number[] = []
    for (const k of slots.toSorted()) for (let t = network.begins[k]!; t < network.begins[k + 1]!; t += 1) fine.push(t)
    for (const v of free) {
      const left = wanted[v]! - energyOf(schedule, v)
      level[v] = Math.min(left, level[v]!)
      // less than half of the least that a slot can give is no visit worth
      if (level[v]! < (seats[v]!.stepW[seats[v]!.minSteps]! * slotMs) / 2) level[v] = 0
    }
    sweep(schedule, fine, level, free)
  }
}
