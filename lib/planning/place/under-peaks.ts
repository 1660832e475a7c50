import type { Merit } from '../merit.ts'
import type { Schedule } from '../schedule.ts'
import { lessMissing, needScore } from '../score.ts'
import { ownPeaks } from './keep-to.ts'
import { shaved } from './shaved.ts'

/** Peaks between those of a plan and the best ones, tried by halves. */
const HALVINGS = 5

/** Under peaks as near to these as all slots can be brought, if that is cheaper and nobody has less for it. */
export const underPeaks = (schedule: Schedule, peaks: number[], merit: Merit): Schedule => {
  const own = ownPeaks(schedule)
  if (peaks.length !== own.length || own.every((peak, i) => peak <= peaks[i]!)) return schedule
  let [best, cost] = [schedule, needScore(schedule, merit)]
  let [high, low] = [1, 0]
  for (let i = 0, part = 1; i < HALVINGS; i += 1, part = (high + low) / 2) {
    const aim = own.map((peak, k) => Math.ceil(peak - Math.max(0, peak - peaks[k]!) * part))
    const under = shaved(schedule, aim, schedule.board.byPrice)
    const score = needScore(under, merit)
    if (score < cost && !lessMissing(best, under)) [best, cost] = [under, score]
    if (ownPeaks(under).every((peak, k) => peak <= aim[k]!)) low = part
    else high = part
    if (low === 1) break
  }
  return best
}
