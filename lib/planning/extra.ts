import { extendRun, inOrderOfNeed, placeBlocks } from './blocks.ts'
import { giveRow } from './fill.ts'
import { lay } from './keep.ts'
import type { Merit } from './merit.ts'
import { periodCount } from './periods.ts'
import { energyOf, missingOf, type Schedule } from './schedule.ts'

/** Blocks that welcome energy may add to a vehicle's own. */
const MOST_BLOCKS = 1
/** Welcome energy is not worth more periods than this in one plan. */
const MOST_PERIODS = 6

/**
 * Welcome energy, in the room that the needs leave: what the last plan had first, then each vehicle's own block goes on, then a block of
 * its own. Only where it is worth its price and the port has periods for it; less than a slot is not worth a change.
 */
export const withExtra = (schedule: Schedule, merit: Merit, rows: number[][] | undefined): Schedule => {
  const { seats, input, slotMs } = schedule.board
  const price = input.prices.microPerKwh
  // nobody said what it is worth: the cheapest plan does not buy it above the mean price of the stay
  const mean = seats.map(({ spanMs }) => {
    const here = price.filter((_, t) => spanMs[t]! > 0)
    return input.policy === 'cheapest' ? here.reduce((sum, each) => sum + each, 0) / here.length : Number.POSITIVE_INFINITY
  })
  const reserve = input.prices.reserveMicroPerKwh
  const allowedFor = (v: number) => (t: number) => price[t]! <= (reserve === undefined ? Math.ceil(mean[v]!) : reserve)
  const order = inOrderOfNeed(schedule).filter((v) => missingOf(schedule, v) === 0)
  const attempt = (v: number, mostPeriods: number, add: () => void) => {
    const before = schedule.steps[v]!.slice()
    add()
    const most = Math.max(periodCount(before), Math.min(mostPeriods, seats[v]!.port.maxPeriods))
    if (periodCount(schedule.steps[v]!) > most) giveRow(schedule, v, before)
  }
  if (rows)
    for (const v of order)
      attempt(v, seats[v]!.port.maxPeriods, () => {
        const allowed = allowedFor(v)
        const row = rows[v]!.map((steps, t) => (allowed(t) ? steps : 0))
        const wanted = seats[v]!.target + seats[v]!.extra
        // a need told a little lower from one minute to the next takes nothing from a plan
        lay(schedule, v, row, wanted, wanted > 0 ? (seats[v]!.stepW[seats[v]!.maxSteps] ?? 0) * slotMs : 0)
      })
  for (const v of order) {
    const { stepW, maxSteps, target, extra } = seats[v]!
    const allowed = allowedFor(v)
    const left = () => target + extra - energyOf(schedule, v)
    const slot = (stepW[maxSteps] ?? 0) * slotMs
    const isNew = !(rows?.[v] ?? []).some((steps) => steps > 0)
    if (extra === 0 || left() < (isNew ? Math.min(slot, extra / 2) : slot)) continue
    attempt(v, MOST_PERIODS, () => {
      extendRun(schedule, v, merit, left() - slot / 2, allowed)
    })
    if (left() < slot) continue
    attempt(v, MOST_PERIODS, () => {
      placeBlocks(schedule, v, merit, left(), allowed, MOST_BLOCKS)
    })
  }
  return schedule
}
