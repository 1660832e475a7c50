import { WH } from './board.ts'
import { sunkDemandMicro } from './cost.ts'
import { type Relaxed, relax } from './flow/relax.ts'
import { energyOf, type Schedule } from './schedule.ts'

/**
 * What a plan must cost at least that gives each vehicle what this schedule does (its need, and the welcome energy that it gets), millionths
 * of the currency: the optimum if power came in any portions, with every limit of power in the tree and the demand charges. A proof, no
 * estimate: it comes from cuts. `known` = an optimum in money that was found already; it is used where it holds.
 */
export const lowerBoundMicro = (schedule: Schedule, known?: Relaxed): number => {
  const { board } = schedule
  const { prices } = board.input
  const taken = board.seats.map((_, v) => energyOf(schedule, v))
  const given = board.seats.map(({ target, extra }, v) => Math.min(taken[v]!, target + extra))
  const relaxed = known && holds(known, given) ? known : relax(board, prices.microPerKwh, given, { isMoney: true })
  let bound = relaxed.boundMicro + sunkDemandMicro(schedule)
  // a last slot may give a little more than is needed; where prices are negative that is earned
  const lowest = Math.min(0, ...prices.microPerKwh)
  if (lowest < 0) bound += board.seats.reduce((sum, _, v) => sum + ((taken[v]! - given[v]!) * lowest) / (1000 * WH), 0)
  return Math.floor(bound)
}

/** Is nobody given less than the optimum counts, and nobody more? */
const holds = ({ network, wanted, isMoney }: Relaxed, given: number[]): boolean => {
  if (!isMoney) return false
  const known = new Map<number, number>()
  for (let i = 0; i < network.seats; i += 1) known.set(network.boardSeat[i]!, wanted[i]!)
  return given.every((energy, v) => energy === (known.get(v) ?? 0))
}
