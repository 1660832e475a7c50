import type { Phase } from '#lib/units/units.ts'
import type { Board } from '../board.ts'
import type { Schedule } from '../schedule.ts'
import { moreThan } from './give-way.ts'

/** By node and phase of it: the seats under it, those on the phase; all under the site, which is the last. */
export type Ways = number[][]

/** A node in W, and its three phases. */
const WAYS = 4
const WAY_OF: Record<Phase, number> = { l1: 1, l2: 2, l3: 3 }

export const waysOf = ({ room, seats }: Board): Ways => {
  const under: Ways = [...room.flatMap((): number[][] => [[], [], [], []]), seats.map((_, v) => v)]
  seats.forEach(({ path, usedPhases }, v) => {
    for (const n of path) for (const way of [0, ...usedPhases.map((phase) => WAY_OF[phase])]) under[n * WAYS + way]!.push(v)
  })
  return under
}

/** What keeps the seat from more in this slot: the lowest node, or a phase of it; the site after all others. */
export const inTheWay = (schedule: Schedule, under: Ways, u: number, t: number): number | undefined => {
  const { seats } = schedule.board
  const { path, stepW, usedPhases, port } = seats[u]!
  const own = schedule.steps[u]![t]!
  const more = moreThan(seats[u]!, own)
  const moreW = stepW[more]! - stepW[own]!
  for (const n of path) {
    if (schedule.room[n]![t]! < moreW) return n * WAYS
    const rows = schedule.roomMa[n]
    if (rows) for (const phase of usedPhases) if (rows[phase][t]! < (more - own) * port.stepMa) return n * WAYS + WAY_OF[phase]
  }
  return schedule.siteW[t]! < moreW ? under.length - 1 : undefined
}

/** Is what the seat takes here more than what is kept for its port anyway? */
export const counts = (schedule: Schedule, under: Ways, w: number, t: number, way: number): boolean => {
  const steps = schedule.steps[w]![t]!
  const { stepW, port, reservedMa } = schedule.board.seats[w]!
  if (steps === 0 || way === under.length - 1) return steps > 0
  return way % WAYS === 0 ? stepW[steps]! > (port.reservedW[t] ?? 0) : steps * port.stepMa > reservedMa[t]!
}
