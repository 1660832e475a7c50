import type { Board } from '../board.ts'
import type { Network } from './network.ts'

/** The site's peaks that are paid for: one for each demand charge, W. */
export type Peaks = number[]

/** Under these peaks nothing is won: paid for already, learned as the month's, or made by the base load. */
export const leastPeaks = ({ input, baseW }: Board): Peaks =>
  input.prices.demand.map(({ slots, peakSoFarW, targetW }) => {
    let most = Math.max(peakSoFarW, targetW ?? 0)
    for (let t = 0; t < baseW.length; t += 1) if (slots[t] && baseW[t]! > most) most = baseW[t]!
    return Math.ceil(most)
  })

/** No plan has higher ones. */
export const mostPeaks = ({ input, baseW }: Board, network: Network): Peaks =>
  leastPeaks({ input, baseW } as Board).map((least, i) => {
    let most = least
    const { slots } = input.prices.demand[i]!
    for (let t = 0; t < baseW.length; t += 1)
      if (slots[t] && network.spanMs[t]! > 0) most = Math.max(most, Math.ceil(baseW[t]! + network.site[t]! / network.spanMs[t]!))
    return most
  })

/** What the site may take per slot of the flow when its peaks stay at `peaks`. */
export const siteUnder = (board: Board, network: Network, peaks: Peaks, into: Float64Array): void => {
  const { demand } = board.input.prices
  const { begins, site, limit, wasted, spanMs } = network
  for (let k = 0; k < network.slots; k += 1) {
    let sum = 0
    for (let t = begins[k]!; t < begins[k + 1]!; t += 1) {
      let most = limit[t]!
      for (let i = 0; i < demand.length; i += 1)
        if (demand[i]!.slots[t]) most = Math.min(most, Math.max(0, peaks[i]! - board.baseW[t]!) * spanMs[t]!)
      sum += Math.min(site[t]!, Math.max(0, most - wasted[t]!))
    }
    into[k] = sum
  }
}

/** How many ms of slot `k` each peak is in the way: what 1 W more of it adds to `siteUnder`. Adds `weight` times that to `into`. */
export const addSlopes = (board: Board, network: Network, peaks: Peaks, k: number, weight: number, into: number[]): void => {
  const { demand } = board.input.prices
  for (let t = network.begins[k]!; t < network.begins[k + 1]!; t += 1) {
    let [most, by] = [Math.min(network.limit[t]!, network.site[t]! + network.wasted[t]!), -1]
    for (let i = 0; i < demand.length; i += 1) {
      if (!demand[i]!.slots[t]) continue
      const under = Math.max(0, peaks[i]! - board.baseW[t]!) * network.spanMs[t]!
      if (under < most) [most, by] = [under, i]
    }
    if (by >= 0) into[by]! += weight * network.spanMs[t]!
  }
}
