import { type Board, LINES } from '../board.ts'
import type { Schedule } from '../schedule.ts'
import { moreThan } from './give-way.ts'

/** By node and phase of it: the seats under it, those on the phase; all under the site, which is the last. */
export type Ways = number[][]

/** A node in W, and its three phases. */
const WAYS = 4

export const waysOf = ({ room, seats }: Board): Ways => {
  const under: Ways = Array.from({ length: room.length * WAYS }, () => [])
  for (const [v, { path, usedPhases }] of seats.entries()) {
    for (let i = 0; i < path.length; i += 1) {
      under[path[i]! * WAYS]!.push(v)
      for (let x = 0; x < usedPhases.length; x += 1) under[path[i]! * WAYS + 1 + LINES.indexOf(usedPhases[x]!)]!.push(v)
    }
  }
  under.push(seats.map((_, v) => v))
  return under
}

/** What keeps the seat from more in this slot: the lowest node, or a phase of it; the site after all others; −1 = nothing. */
export const inTheWay = ({ board, cells, roomW, amps, siteW }: Schedule, under: Ways, u: number, t: number): number => {
  const { slots } = board
  const seat = board.seats[u]!
  const { path, stepW, lines, port } = seat
  const own = cells[u * slots + t]!
  const more = moreThan(seat, own)
  const moreW = stepW[more]! - stepW[own]!
  const moreMa = (more - own) * port.stepMa
  // lines are those of the path, in its order
  let x = 0
  for (let i = 0; i < path.length; i += 1) {
    const n = path[i]!
    if (roomW[n * slots + t]! < moreW) return n * WAYS
    for (; x < lines.length && Math.floor(lines[x]! / LINES.length) === n; x += 1)
      if (amps[lines[x]! * slots + t]! < moreMa) return n * WAYS + 1 + (lines[x]! % LINES.length)
  }
  return siteW[t]! < moreW ? under.length - 1 : -1
}

/** Is what the seat takes here more than what is kept for its port anyway? */
export const counts = ({ board, cells }: Schedule, under: Ways, w: number, t: number, way: number): boolean => {
  const steps = cells[w * board.slots + t]!
  if (steps === 0 || way === under.length - 1 || !board.hasReserves) return steps > 0
  const { stepW, port, reservedMa } = board.seats[w]!
  return way % WAYS === 0 ? stepW[steps]! > (port.reservedW[t] ?? 0) : steps * port.stepMa > reservedMa[t]!
}
