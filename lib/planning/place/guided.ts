import { bestBlock, placeBlocks } from '../blocks.ts'
import type { Board } from '../board.ts'
import { addEnergy } from '../fill.ts'
import { exchangeParts } from '../flow/neutral.ts'
import { type Relaxed, relax } from '../flow/relax.ts'
import { type Merit, place, upTo } from '../merit.ts'
import { emptySchedule, energyOf, lackingOf, type Schedule } from '../schedule.ts'
import { budgetFor, exchange } from './exchange.ts'
import { keepTo, keepToOwn } from './keep-to.ts'
import { fillOwn, refined } from './refine.ts'
import { settled } from './settled.ts'
import { smooth } from './smooth.ts'
import { sweepLevels } from './sweep-levels.ts'

/** So many seats × slots are settled slot by slot; more are swept level by level. */
const MOST_SETTLED = 100_000
const isSettled = ({ seats, slots }: Board): boolean => seats.length * slots <= MOST_SETTLED

/** How far the peaks are raised, step by step, for energy that whole amperes could not place under the best ones. */
const RAISES = [0, 0.0005, 0.001, 0.002, 0.004, 0.008, 0.02, 0.05, 0.2, 1]

/**
 * The relaxed optimum in whole steps: who cannot be moved slot by slot is placed first, the rest gets in each level of price what the
 * optimum gives it there; what does not fit is placed along augmenting paths, at last under slightly higher peaks.
 */
export const guided = (board: Board, merit: Merit, relaxed: Relaxed): Schedule => {
  const { seats } = board
  const isPinned = seats.map(({ need }) => need.chargeFirst === true || !need.mayPause || need.taper !== undefined)
  const wanted = wantedBySeat(board, relaxed)
  let schedule = emptySchedule(board)
  const pinned = upTo(seats.length).filter((v) => isPinned[v]! && seats[v]!.target > 0)
  if (pinned.length > 0) placePinned(schedule, merit, pinned, relaxed)
  const rest = pinned.length === 0 ? board : boardAround(schedule)
  const restTo = seats.map(({ target }, v) => (isPinned[v] ? 0 : target))
  const guide = pinned.length === 0 ? relaxed : relax(rest, merit.of, restTo, { isMoney: relaxed.isMoney })
  schedule = keepTo(schedule, guide.peaks, 0)
  const free = upTo(seats.length).filter((v) => !isPinned[v]! && seats[v]!.target > 0)
  if (isSettled(board)) {
    schedule = settled(schedule, { guide, merit, free, wanted, budget: budgetFor(), mayMove: (u) => !isPinned[u]! })
    smooth(schedule, (v) => !isPinned[v]!)
    return keepToOwn(schedule)
  }
  exchangeParts(guide.solved.flow)
  sweepLevels(schedule, guide, free, wanted)
  const lacking = () => free.filter((v) => lackingOf(schedule, v, wanted[v]!) > 0)
  let late = lacking()
  if (late.length === 0) {
    smooth(schedule, (v) => !isPinned[v]!)
    return keepToOwn(schedule)
  }
  const network = guide.fine.flow.network
  const budget = budgetFor()
  let { peaks } = guide
  for (const raise of RAISES) {
    peaks = peaks.map((peak) => Math.ceil(peak * (1 + raise)))
    schedule = keepTo(schedule, peaks, 0)
    for (const v of late) for (const slots of merit.levels) addEnergy(schedule, v, wanted[v]! - energyOf(schedule, v), slots)
    late = lacking()
    if (late.length > 0 && raise < 0.02) peaks = refined(schedule, rest, network, { wanted, price: merit.of, peaks })
    late = lacking()
    exchange(schedule, { seats: late, wanted, price: merit.of, budget, mayMove: (u) => !isPinned[u]! })
    late = lacking()
    if (late.length === 0 || peaks.length === 0) break
  }
  for (const v of free) fillOwn(schedule, v, wanted[v]!, merit.of)
  smooth(schedule, (v) => !isPinned[v]!)
  return keepToOwn(schedule)
}

/** The board as those see it who come after what is placed already. */
const boardAround = ({ board, room, roomMa, siteW, steps }: Schedule): Board => {
  const baseW = board.baseW.slice()
  steps.forEach((row, v) => {
    for (let t = 0; t < row.length; t += 1) baseW[t]! += board.seats[v]!.stepW[row[t]!]!
  })
  return {
    ...board,
    room: room.map((row) => row.slice()),
    roomMa: roomMa.map((rows) => rows && { l1: rows.l1.slice(), l2: rows.l2.slice(), l3: rows.l3.slice() }),
    siteW: siteW.slice(),
    baseW,
  }
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
    if (need.mayPause) {
      place(schedule, v, merit, target)
      continue
    }
    if (need.chargeFirst || need.taper) {
      placeBlocks(schedule, v, merit, target)
      continue
    }
    // one block, under the peak where that is possible
    const capped = keepTo(schedule, relaxed.peaks, 0)
    const block = bestBlock(capped, v, merit, target)
    placeBlocks(block && block.energy >= target ? capped : schedule, v, merit, target)
    schedule.siteW.set(keepTo(schedule, [], 0).siteW)
  }
}
