import { withExtra } from './extra.ts'
import { freshOf } from './fresh.ts'
import { madeUpTo } from './in-blocks.ts'
import { withLateNodes } from './late-nodes.ts'
import { meritOf } from './merit.ts'
import { keepTo, keepToOwn, ownPeaks } from './place/keep-to.ts'
import { underPeaks } from './place/under-peaks.ts'
import { fewerLate } from './ready.ts'
import { copyOf, type Schedule } from './schedule.ts'
import { allReady } from './score.ts'

/** Cells that may be looked at for moves, twice: a vehicle that is late is worth more of them than energy alone. */
const CELLS = 150_000

/**
 * In a large depot: who misses little finds it by moves of others, on the plan's own slots and at any price; then each circuit where somebody is
 * late is looked at by itself; what that leaves free may be what another one lacked.
 */
export const withFewerLate = (schedule: Schedule): Schedule => {
  if (allReady(schedule)) return schedule
  const { board } = schedule
  const merit = meritOf(board.input)
  const needs = board.seats.map(({ target }) => target)
  const moved = (of: Schedule) => fewerLate(madeUpTo(keepTo(copyOf(of), [], 0), merit, needs, Number.MAX_VALUE, { cells: CELLS }), of)
  const made = moved(schedule)
  const anew = withLateNodes(made, freshOf, (other, best) => fewerLate(other, best) === other)
  const helped = moved(anew)
  if (helped === schedule) return schedule
  // what was found at any price may be had under the peaks as they were
  return withExtra(keepToOwn(underPeaks(helped, ownPeaks(schedule), merit)), merit, undefined)
}
