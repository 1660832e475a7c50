import { WH } from '../board.ts'
import { type Cut, type Lowest, lowestOf } from './cuts.ts'
import { fillAs, fillFree } from './fills.ts'
import { cheapestUnder, type Solved, sum, urgentFirst } from './greedy.ts'
import { emptyFlow, type Flow, fillUp } from './max-flow.ts'
import type { Network } from './network.ts'
import { addSlopes, type Peaks, siteUnder } from './peaks.ts'
import type { Question } from './relax.ts'

const MICRO = 1000 * WH
/** Questions asked at most for peaks that serve all; for the cheapest ones. */
const FEASIBLE_ROUNDS = 40
const TANGENT_ROUNDS = 14
/** Nearer than this the peaks are not looked for. */
const NEAR = 0.00005
/** With several peaks only the cuts that matter are kept: all corners are tried. */
const MOST_CUTS = 8

export type BestPeaks = { solved: Solved; peaks: Peaks; values: Float64Array; boundMicro: number }

/**
 * The peaks with the least cost of energy and demand charges, by cutting planes: a question that cannot be served leaves a cut that says
 * by how much peaks must rise (for one peak that is discrete Newton, Radzik 1998), a served one a tangent of what energy costs at least.
 */
export const bestPeaks = (question: Question): BestPeaks => {
  const { board, network, levels, wanted, least, most, start, like } = question
  const perW = board.input.prices.demand.map(({ microPerKw }) => microPerKw / 1000)
  const offset = dot(perW, least)
  let cuts: Cut[] = []
  const keep = (cut: Cut, lowest: Lowest | undefined) => {
    if (cuts.length >= MOST_CUTS && least.length > 1) cuts = cuts.filter((_, i) => (lowest?.weights[i] ?? 0) > 0 || i >= cuts.length - 2)
    cuts.push(cut)
  }
  let lowest: Lowest | undefined
  let peaks = start ? upwards(start, least, most) : least.slice()
  let best: { solved: Solved; peaks: Peaks; total: number } | undefined
  const order = urgentFirst(network, wanted)
  const served = whoIsServed(question, order)
  for (let round = 0; round < (start ? 0 : FEASIBLE_ROUNDS); round += 1) {
    const flow = served(peaks)
    const cut = shortfallCut(question, flow, peaks)
    if (!cut) break
    keep(cut, lowest)
    lowest = lowestOf(cuts, perW, least, most)
    const next = upwards(lowest?.peaks ?? most, least, most)
    if (next.every((peak, i) => peak === peaks[i])) break
    peaks = next
  }
  // more than any peak allows is wanted: who is to be short is another question
  if (!start && sum(served(peaks).left) > 0) return { ...nothing(question), peaks }
  const tried: Peaks[] = []
  for (let round = 0; round < TANGENT_ROUNDS; round += 1) {
    tried.push(peaks)
    const solved = cheapestUnder(board, network, levels, wanted, peaks, {
      like: best?.solved.flow.given ?? like ?? served(peaks).given,
      order,
    })
    const cut = solved.missing > 0 ? shortfallCut(question, solved.flow, peaks) : tangentOf(solved, peaks)
    if (solved.missing === 0) {
      const total = solved.cost / MICRO + dot(perW, peaks) - offset
      if (!best || total < best.total) best = { solved, peaks, total }
    }
    if (!cut) break
    keep(cut, lowest)
    lowest = lowestOf(cuts, perW, least, most) ?? lowest
    if (best && lowest && best.total - (lowest.cost - offset) <= Math.abs(best.total) * NEAR) break
    const next = upwards(lowest?.peaks ?? most, least, most)
    if (tried.some((each) => each.every((peak, i) => peak === next[i]))) break
    peaks = next
  }
  if (!best) {
    const solved = cheapestUnder(board, network, levels, wanted, most)
    best = { solved, peaks: most, total: solved.cost / MICRO + dot(perW, most) - offset }
  }
  const hasBound = lowest && cuts.some(({ isTangent }) => isTangent)
  return {
    solved: best.solved,
    peaks: best.peaks,
    values: hasBound ? valuesOf(network, cuts, lowest!.weights) : best.solved.values,
    boundMicro: hasBound ? Math.min(best.total, lowest!.cost - offset) : Number.NEGATIVE_INFINITY,
  }
}

const nothing = ({ board, network, wanted, most }: Question): Omit<BestPeaks, 'peaks'> => ({
  solved: cheapestUnder(board, network, [], wanted, most),
  values: new Float64Array(network.slots * network.nodes),
  boundMicro: Number.NEGATIVE_INFINITY,
})

/** As much as can be given at any price under some peaks; goes on from the last answer while peaks only rise. */
const whoIsServed = ({ board, network, wanted, like }: Question, order: Int32Array) => {
  const slots = Int32Array.from({ length: network.slots }, (_, t) => t)
  let flow: Flow | undefined
  let before: Peaks = []
  return (peaks: Peaks): Flow => {
    const isNew = !flow
    if (!flow || peaks.some((peak, i) => peak < before[i]!)) {
      flow = emptyFlow(network)
      flow.open.fill(1)
      flow.left.set(wanted)
    }
    before = peaks
    siteUnder(board, network, peaks, flow.site)
    if (isNew && like) fillAs(flow, like, slots)
    fillFree(flow, order, slots)
    fillUp(flow)
    return flow
  }
}

/** The cut that keeps the rest out; undefined when nothing is left, or no peak is in the way. */
const shortfallCut = ({ board, network }: Question, { left, reached }: Flow, peaks: Peaks): Cut | undefined => {
  const missing = sum(left)
  if (missing <= 0) return undefined
  const { seats, nodes, slots, parent } = network
  const slopes = peaks.map(() => 0)
  const values = new Float64Array(slots * nodes)
  for (let t = 0; t < slots; t += 1) {
    for (let n = 0; n < nodes; n += 1) {
      const at = seats + t * nodes + n
      if (reached[at] === 0 || (n > 0 && reached[at - n + parent[n]!] !== 0)) continue
      values[t * nodes + n] = 1
      if (n === 0) addSlopes(board, network, peaks, t, 1, slopes)
    }
  }
  return slopes.every((slope) => slope === 0) ? undefined : { isTangent: false, constant: missing + dot(slopes, peaks), slopes, values }
}

const tangentOf = ({ cost, slopes, values }: Solved, peaks: Peaks): Cut => {
  const perW = slopes.map((slope) => slope / MICRO)
  return { isTangent: true, constant: cost / MICRO + dot(perW, peaks), slopes: perW, values }
}

/** The arcs of all cuts by their weight, in price. */
const valuesOf = (network: Network, cuts: Cut[], weights: number[]): Float64Array => {
  const sums = new Float64Array(network.slots * network.nodes)
  cuts.forEach(({ isTangent, values }, c) => {
    const weight = (weights[c] ?? 0) * (isTangent ? 1 : MICRO)
    if (weight > 0) for (let i = 0; i < sums.length; i += 1) sums[i]! += weight * values[i]!
  })
  return sums
}

const upwards = (peaks: Peaks, least: Peaks, most: Peaks): Peaks =>
  peaks.map((peak, i) => Math.min(most[i]!, Math.max(least[i]!, Math.ceil(peak - 1e-6))))

const dot = (a: number[], b: number[]): number => a.reduce((sum, each, i) => sum + each * b[i]!, 0)
