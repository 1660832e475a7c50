import { addEnergy } from '../fill.ts'
import type { Merit } from '../merit.ts'
import { canGiveWay, fitsPeriods, periodCount } from '../periods.ts'
import { copyOf, energyOf, lackingOf, missingOf, type Schedule, setSteps } from '../schedule.ts'
import { needScore } from '../score.ts'
import { type Budget, exchange } from './exchange.ts'

/** Seats × slots for which single vehicles are looked at again. */
const MOST_CELLS = 10_000
const ROUNDS = 2

/**
 * What whole steps, lines or ports made dear is had for less: a vehicle leaves its dearest slots, and others make room for it in cheaper ones,
 * along paths that end where something cheaper is free. Nobody gets less by that.
 */
export const cheaper = (schedule: Schedule, merit: Merit, budget: Budget, mayMove: (v: number) => boolean): Schedule => {
  const { seats, slots } = schedule.board
  if (seats.length * slots > MOST_CELLS) return schedule
  // who has its need goes on having it, to the watt-hour that is negligible and no further
  const wanted = seats.map(({ target }, v) => (missingOf(schedule, v) === 0 ? target : energyOf(schedule, v)))
  let best = schedule
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = best
    for (const v of seats.keys()) if (mayMove(v)) best = without(best, v, merit, { wanted, budget, mayMove }) ?? best
    if (best === before) break
  }
  return best
}

type Asked = { wanted: number[]; budget: Budget; mayMove: (v: number) => boolean }

/** The schedule in which the seat has less of its dearest slots; undefined where nothing cheaper can be had. */
const without = (schedule: Schedule, v: number, merit: Merit, { wanted, budget, mayMove }: Asked): Schedule | undefined => {
  const { seats } = schedule.board
  const row = schedule.steps[v]!
  const dearest = row.reduce((most, steps, t) => (steps > 0 ? Math.max(most, merit.of[t]!) : most), Number.NEGATIVE_INFINITY)
  if (merit.levels.length < 2 || dearest <= merit.of[merit.levels[0]![0]!]!) return undefined
  const next = copyOf(schedule)
  const left = [...row.keys()].filter((t) => row[t]! > 0 && merit.of[t] === dearest)
  for (const t of left) setSteps(next, v, t, 0)
  const spare = seats.map(({ port }, u) => canGiveWay(port, periodCount(next.steps[u]!)))
  exchange(next, { seats: [v], wanted, price: merit.of, budget, mayMove: (u) => u !== v && mayMove(u) && spare[u]!, below: dearest })
  addEnergy(next, v, wanted[v]! - energyOf(next, v), left)
  if (!fitsPeriods(next, v) || lackingOf(next, v, wanted[v]!) > 0) return undefined
  return needScore(next, merit) < needScore(schedule, merit) ? next : undefined
}
