import { addDays } from '#lib/time/zone.ts'

// The month's peak is paid for once, so power up to it costs nothing more. How high it will be anyway is learned from the days that are over:
// each by the least peak at which it could have been lived without knowing who comes next.

/** A vehicle's stay as it was: instants in ms, `energyWh` at the port, `maxW` the most it can draw. */
export type Visit = { arrives: number; departs: number; energyWh: number; maxW: number }
/** A day that is over, in slots from `from` on until its last vehicle left. `charged`: the slots whose power the demand charge counts. */
export type LivedDay = { from: number; slotMs: number; baseW: number[]; charged: boolean[]; siteW: number; visits: Visit[] }
/** What a depot-local day (`2026-11-23`) would have needed, W. */
export type SeenDay = { day: string; neededW: number }

/** Energy that counts as nothing: the least that a register tells. */
const NOTHING_WH = 1
/** The answer is right to so many watts. */
const WITHIN_W = 100

/**
 * The least peak, W, at which a day could have been lived by somebody who knows nothing of vehicles before they come: all power under the peak is
 * used as early as possible, and whoever has least time to spare takes it first. Never less than the base load.
 */
export function neededPeakW(day: LivedDay): number {
  const charged = day.baseW.filter((_, t) => day.charged[t])
  let low = Math.max(0, ...charged)
  let high = Math.max(0, ...day.baseW) + day.visits.reduce((sum, { maxW }) => sum + maxW, 0)
  if (isLivedUnder(day, low)) return Math.ceil(low)
  while (high - low > WITHIN_W) {
    const middle = (low + high) / 2
    if (isLivedUnder(day, middle)) high = middle
    else low = middle
  }
  return Math.ceil(high)
}

/** Does everybody get under this peak what there was time for? */
export function isLivedUnder({ from, slotMs, baseW, charged, siteW, visits }: LivedDay, peakW: number): boolean {
  const hours = slotMs / 3_600_000
  const waiting = visits.map(({ arrives, departs, energyWh, maxW }) => ({
    arrives: (arrives - from) / slotMs,
    departs: (departs - from) / slotMs,
    leftWh: Math.min(energyWh, (maxW * Math.max(0, departs - Math.max(arrives, from))) / 3_600_000),
    slotWh: maxW * hours,
  }))
  for (let t = 0; t < baseW.length; t += 1) {
    let roomWh = Math.max(0, (charged[t] ? Math.min(peakW, siteW) : siteW) - baseW[t]!) * hours
    // the part of the slot that each is there
    const here = waiting.flatMap((each) => {
      const part = Math.min(t + 1, each.departs) - Math.max(t, each.arrives)
      return part > 0 && each.leftWh > NOTHING_WH ? [{ each, mostWh: Math.min(each.leftWh, each.slotWh * part) }] : []
    })
    const spare = ({ departs, leftWh, slotWh }: (typeof waiting)[number]) => departs - leftWh / slotWh
    for (const { each, mostWh } of here.sort((a, b) => spare(a.each) - spare(b.each))) {
      const given = Math.min(mostWh, roomWh)
      each.leftWh -= given
      roomWh -= given
      if (each.departs <= t + 1 && each.leftWh > NOTHING_WH) return false
    }
  }
  return waiting.every(({ leftWh }) => leftWh <= NOTHING_WH)
}

/** So many days of a kind must have been seen before they tell anything of others. */
const LEAST_SEEN = 3
/** Whole amperes and the least power of a charger leave a little of every limit unused. */
const MARGIN = 1.01

/**
 * The peak that the days `left` are expected to make, W: of as many days drawn from those seen (working days and weekends apart) the highest, in the
 * mean over all draws. Undefined: too little is known.
 */
export function expectedPeakW(seen: readonly SeenDay[], left: readonly string[]): number | undefined {
  const of = (days: readonly string[], kind: boolean) => days.filter((day) => isWeekend(day) === kind).length
  const kinds = [false, true].flatMap((kind) => {
    const needed = seen.flatMap(({ day, neededW }) => (isWeekend(day) === kind ? [neededW] : []))
    const draws = of(left, kind)
    return needed.length >= LEAST_SEEN && draws > 0 ? [meanOfHighest(needed, draws)] : []
  })
  return kinds.length === 0 ? undefined : Math.ceil(Math.max(...kinds) * MARGIN)
}

/** The highest of `draws` values drawn from these without putting any back, in the mean over all draws. */
function meanOfHighest(values: readonly number[], draws: number): number {
  const sorted = values.toSorted((a, b) => b - a)
  if (draws >= sorted.length) return sorted[0]!
  // how likely each is the highest, from the top on
  let [mean, still] = [0, 1]
  for (const [i, value] of sorted.entries()) {
    const isDrawn = Math.min(1, draws / (sorted.length - i))
    mean += value * still * isDrawn
    still *= 1 - isDrawn
  }
  return mean
}

const isWeekend = (day: string): boolean => {
  const weekday = new Date(`${day}T12:00:00Z`).getUTCDay()
  return weekday === 0 || weekday === 6
}

/** The depot-local days from `day` on until its month is over. */
export function daysLeft(day: string): string[] {
  const days: string[] = []
  for (let each = day; each.slice(0, 7) === day.slice(0, 7); each = addDays(each, 1)) days.push(each)
  return days
}
