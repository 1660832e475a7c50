import { type Board, WH } from '../board.ts'
import { certified } from './certificate.ts'
import { type Fine, finer } from './finer.ts'
import { cheapestUnder, type Level, levelsOf, type Solved, sum } from './greedy.ts'
import { type Network, networkOf, widthFor } from './network.ts'
import { countingParts, hasParts } from './parts.ts'
import { bestPeaks } from './peak-search.ts'
import { leastPeaks, mostPeaks, type Peaks } from './peaks.ts'
import { deliverable, leastLeft } from './short.ts'

/** The best that could be had if power came in any portions: where each vehicle would be given what, and what that would cost at least. */
export type Relaxed = {
  /** As limits count: slots in which vehicles come and go pay for all that they take, or are left out. */
  network: Network
  /** The same with all that could be given: what bounds are proven on. */
  loose: Network
  levels: Level[]
  solved: Solved
  /** What each seat of the network can be given at most, higher priorities first. */
  wanted: Float64Array
  peaks: Peaks
  /** No plan that gives each vehicle `wanted` costs less: energy, and what each peak adds above the least it can be. */
  boundMicro: number
  /** What 1 W·ms more of each node and slot is worth at all these prices: `values[t * nodes + n]`, micro per 1000 Wh of it. */
  values: Float64Array
  /** Values and peaks from which bounds can be proven for other energies as well. */
  proofs: { values: Float64Array; peaks: Peaks }[]
  /** The same on the plan's own slots; without values. */
  fine: Fine
  /** Were slots weighed by their price, with the demand charges? */
  isMoney: boolean
}

/** What a plan is proven and told by. */
export type Proven = Pick<Relaxed, 'network' | 'loose' | 'wanted' | 'boundMicro' | 'values' | 'proofs' | 'isMoney'>

const MICRO = 1000 * WH

/** Answers after the second, until the optimum is so near its bound; with more cells one is enough. */
const MEANS = 4
const NEAR = 0.0005
const MANY = 15_000
const meansFor = ({ seats, slots }: Network): number => (seats * slots > MANY ? 1 : MEANS)

/**
 * Least undelivered energy first (`upTo` = what each seat of the board is to have at most, W·ms), then least cost with all demand charges.
 * Exact on one grid of slots; a coarse grid makes it cheaper than any plan can be, never dearer.
 */
export const relax = (whole: Board, price: ArrayLike<number>, upTo: ArrayLike<number>, { isMoney }: { isMoney: boolean }): Relaxed => {
  const board = isMoney ? whole : withoutDemand(whole)
  const loose = networkOf(board, widthFor(board), upTo)
  const [least, most] = [leastPeaks(board), mostPeaks(board, loose)]
  const levels = levelsOf(loose, price)
  const all = Float64Array.from(loose.boardSeat, (v) => upTo[v]!)
  const prove = ({ wanted, values, peaks }: Answered) => certified({ board, network: loose, price, wanted, values, peaks, least, most })
  const rough = answered({ board, network: loose, levels, wanted: all, least, most })
  const fineOf = (network: Network, { solved, wanted, peaks }: Answered): Fine =>
    network.width === 1
      ? { flow: solved.flow, levels, peaks }
      : finer(board, { network, levels, given: solved.flow.given, wanted, price, peaks, most })
  if (!hasParts(board, loose))
    return {
      ...rough,
      network: loose,
      loose,
      proofs: [rough],
      fine: fineOf(loose, rough),
      isMoney,
      boundMicro: Math.max(rough.boundMicro, prove(rough)),
    }
  const { values, wanted } = rough
  const isLess = (each: Float64Array) => each.some((energy, i) => energy < all[i]!)
  let isShort = isLess(wanted)
  let network = isShort ? loose : countingParts(board, loose, { price, wanted, values })
  const question: Question = { board, network, levels, wanted: all, least, most, start: rough.peaks, like: rough.solved.flow.given }
  let found = isShort ? rough : answered(question)
  if (isShort || isLess(found.wanted)) {
    isShort = true
    network = leastLeft(question, loose)
    found = answeredShort({ ...question, network })
  }
  const proofs = [rough, found]
  // values of one answer leave out too much, those of the next too little: means of them come near (source: Robbins & Monro 1951)
  const mean = values.map((value, at) => (value + found.values[at]!) / 2)
  const lowest = prove(rough)
  for (let i = 0; i < meansFor(loose) && !isShort && found.boundMicro - lowest > found.boundMicro * NEAR; i += 1) {
    const nearer = countingParts(board, loose, { price, wanted, values: mean })
    const next = answered({ ...question, network: nearer })
    for (let at = 0; at < mean.length; at += 1) mean[at]! += (next.values[at]! - mean[at]!) / (i + 3)
    if (sum(next.wanted) < sum(found.wanted) || next.boundMicro >= found.boundMicro) continue
    found = next
    network = nearer
  }
  if (found !== proofs[1]) proofs.push(found)
  const isSame = found.wanted.every((energy, i) => energy === wanted[i])
  const boundMicro = Math.max(prove(found), isSame ? rough.boundMicro : prove({ ...rough, wanted: found.wanted }))
  return { ...found, network, loose, proofs, fine: fineOf(network, found), isMoney, boundMicro }
}

export type Question = { board: Board; network: Network; levels: Level[]; wanted: Float64Array; least: Peaks; most: Peaks } & {
  /** Peaks near the best ones, and what cells have in an answer to a question nearly the same. */
  start?: Peaks
  like?: Float64Array
}

type Answered = Pick<Relaxed, 'levels' | 'solved' | 'wanted' | 'peaks' | 'boundMicro' | 'values'>

const answered = (question: Question): Answered => {
  const found = question.least.length > 0 ? bestPeaks(question) : freely(question)
  if (found.solved.missing > 0) return answeredShort(question)
  return { ...found, levels: question.levels, wanted: question.wanted }
}

/** Where not all can be ready: first who is to have what. */
const answeredShort = (question: Question): Answered => {
  const { board, network, levels, least, most } = question
  const wanted = deliverable(board, network, question.wanted, most)
  const found = least.length > 0 ? bestPeaks({ ...question, wanted }) : freely({ ...question, wanted })
  return { ...found, levels, wanted }
}

const freely = ({ board, network, levels, wanted, like }: Question) => {
  const solved = cheapestUnder(board, network, levels, wanted, [], { like })
  const cost = solved.cost / MICRO
  return { solved, peaks: [], values: solved.values, boundMicro: cost }
}

const withoutDemand = (board: Board): Board => ({ ...board, input: { ...board.input, prices: { ...board.input.prices, demand: [] } } })
