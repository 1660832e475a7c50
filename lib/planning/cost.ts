import { WH } from './board.ts'
import { leastPeaks } from './flow/peaks.ts'
import type { PlanningInput } from './input.ts'
import type { Schedule } from './schedule.ts'

/** Energy cost of the vehicles plus what the plan adds to the month's demand charges, millionths of the currency. */
export const costMicro = (schedule: Schedule): number => Math.round(energyCostMicro(schedule) + demandCostMicro(schedule))

/** Demand charges above the month's peak so far, from base load and vehicles at the roots of the tree. */
export const demandCostMicro = (schedule: Schedule): number => {
  const { demand } = schedule.board.input.prices
  if (demand.length === 0) return 0
  return chargeFor(schedule.board.input, siteLoadW(schedule))
}

export const energyCostMicro = (schedule: Schedule): number => {
  const { input, seats, slots } = schedule.board
  let micro = 0
  for (let v = 0; v < seats.length; v += 1) {
    for (let t = 0; t < slots; t += 1) {
      const steps = schedule.steps[v]![t]!
      if (steps > 0) micro += (seats[v]!.stepW[steps]! * seats[v]!.spanMs[t]! * input.prices.microPerKwh[t]!) / (1000 * WH)
    }
  }
  return micro
}

const chargeFor = (input: PlanningInput, loadW: number[]): number =>
  input.prices.demand.reduce((sum, { microPerKw, slots, peakSoFarW }) => {
    const peak = loadW.reduce((most, load, t) => (slots[t] ? Math.max(most, load) : most), peakSoFarW as number)
    return sum + ((peak - peakSoFarW) * microPerKw) / 1000
  }, 0)

/** The part of `demandCostMicro` that no plan decides: peaks up to the least they can be, millionths of the currency. */
export const sunkDemandMicro = (schedule: Schedule): number => {
  const { board } = schedule
  const { demand } = board.input.prices
  if (demand.length === 0) return 0
  const load = siteLoadW(schedule)
  return leastPeaks(board).reduce((sum, least, i) => {
    const { peakSoFarW, microPerKw, slots } = demand[i]!
    let peak: number = peakSoFarW
    for (let t = 0; t < load.length; t += 1) if (slots[t]) peak = Math.max(peak, load[t]!)
    return sum + ((Math.min(peak, least) - peakSoFarW) * microPerKw) / 1000
  }, 0)
}

/** Base load and vehicles at the roots of the tree, W per slot. */
export const siteLoadW = ({ board, drawnW }: Schedule): number[] => Array.from(board.baseW, (baseW, t) => baseW + drawnW[t]!)
