import { type Board, WH } from './board.ts'
import { sunkDemandMicro } from './cost.ts'
import { certified } from './flow/certificate.ts'
import { sum } from './flow/greedy.ts'
import { leastPeaks, mostPeaks } from './flow/peaks.ts'
import { type Proven, relax } from './flow/relax.ts'
import { energyOf, type Schedule } from './schedule.ts'

/** Where a plan gives others so much more than the known optimum, its values prove little. */
const NEAR = 0.01

/**
 * What a plan must cost at least that gives each vehicle what this schedule does (its need, and the welcome energy that it gets), millionths
 * of the currency: the optimum if power came in any portions, with every limit of power in the tree and the demand charges. A proof, no
 * estimate: it comes from cuts. `known` = an optimum in money that was found already; it is used where it holds.
 */
export const lowerBoundMicro = (schedule: Schedule, known?: Proven): number => {
  const { board } = schedule
  const { prices } = board.input
  const taken = board.seats.map((_, v) => energyOf(schedule, v))
  const given = board.seats.map(({ target, extra }, v) => Math.min(taken[v]!, target + extra))
  let bound = (known && provenBy(known, board, given)) ?? relax(board, prices.microPerKwh, given, { isMoney: true }).boundMicro
  bound += sunkDemandMicro(schedule)
  // a last slot may give a little more than is needed; where prices are negative that is earned
  const lowest = Math.min(0, ...prices.microPerKwh)
  if (lowest < 0) bound += board.seats.reduce((sum, _, v) => sum + ((taken[v]! - given[v]!) * lowest) / (1000 * WH), 0)
  return Math.floor(bound)
}

/** The known optimum's values prove a bound for any energies; undefined where they say nothing of a vehicle that gets some. */
const provenBy = (known: Proven, board: Board, given: number[]): number | undefined => {
  const { loose: network, isMoney, proofs } = known
  if (!isMoney) return undefined
  const wanted = Float64Array.from(network.boardSeat, (v) => given[v]!)
  const isKnown = new Set(network.boardSeat)
  if (given.some((energy, v) => energy > 0 && !isKnown.has(v))) return undefined
  const more = wanted.reduce((sum, energy, i) => sum + Math.max(0, energy - known.wanted[i]!), 0)
  // of quarters of an hour: an optimum of all the slots would take longer than the plan
  const isCoarse = known.boundMicro === Number.NEGATIVE_INFINITY
  if (more > sum(known.wanted) * NEAR && !isCoarse) return undefined
  if (!isCoarse && wanted.every((energy, i) => energy === known.wanted[i])) return known.boundMicro
  const asked = {
    board,
    network,
    price: board.input.prices.microPerKwh,
    wanted,
    least: leastPeaks(board),
    most: mostPeaks(board, network),
  }
  return Math.max(...proofs.map(({ values, peaks }) => certified({ ...asked, values, peaks })))
}
