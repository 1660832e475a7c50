import { siteLoadW } from '../cost.ts'
import { leastPeaks } from '../flow/peaks.ts'
import type { Schedule } from '../schedule.ts'

/** The same schedule with the site's vehicles kept under `peaks`, raised by a part of themselves. No peaks: what the board allows. */
export const keepTo = (schedule: Schedule, peaks: number[], raise: number): Schedule => {
  const { board } = schedule
  const { demand } = board.input.prices
  const siteW = board.siteW.slice()
  for (let t = 0; t < board.slots; t += 1) {
    peaks.forEach((peak, i) => {
      if (demand[i]!.slots[t]) siteW[t] = Math.min(siteW[t]!, Math.floor(peak * (1 + raise)) - board.baseW[t]!)
    })
  }
  for (let t = 0; t < board.slots; t += 1) siteW[t]! -= schedule.drawnW[t]!
  return { ...schedule, siteW }
}

/** The same kept under the peaks that it makes itself (or that nobody can avoid), raised by a part of them: nothing that is added later makes a new one. */
export const keepToOwn = (schedule: Schedule, raise = 0): Schedule => keepTo(schedule, ownPeaks(schedule), raise)

/** The peaks that a schedule makes itself, or that nobody can avoid; none where they are of no concern. */
export const ownPeaks = (schedule: Schedule): number[] => {
  const { policy, prices } = schedule.board.input
  if (policy !== 'cheapest' || prices.demand.length === 0) return []
  const load = siteLoadW(schedule)
  return leastPeaks(schedule.board).map((least, i) => {
    let peak = least
    for (let t = 0; t < load.length; t += 1) if (prices.demand[i]!.slots[t]) peak = Math.max(peak, load[t]!)
    return peak
  })
}
