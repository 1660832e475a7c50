import type { Board } from '../board.ts'
import { addEnergy, clearSeat } from '../fill.ts'
import { type Arcs, makeArcs } from '../flow/arcs.ts'
import { energyOf, type Schedule, setSteps, stepsFree } from '../schedule.ts'
import { rankOf } from '../score.ts'

/**
 * All of `free` planned anew where not all can be ready and the envelope keeps something for ports: what a vehicle takes of its own reserve
 * passes no limit but the site's peak, which makes the question a flow that is no tree. Exact in power: who is to be served first, then who
 * loses least on the way to its battery, has as much as can be; then all in the cheapest slots.
 */
export const besideReserves = (schedule: Schedule, free: number[]): Schedule => {
  const { board } = schedule
  for (const v of free) clearSeat(schedule, v)
  const kept = (v: number) => board.seats[v]!.need.efficiency
  const first = (a: number, b: number) => rankOf(board.seats[b]!) - rankOf(board.seats[a]!) || kept(b) - kept(a) || a - b
  const wanted = mostOf(schedule, free.toSorted(first))
  const asked = asArcs(schedule, free)
  free.forEach((v, i) => {
    asked.arcs.widen(asked.needs[i]!, wanted.get(v)!)
  })
  for (const t of board.byPrice) {
    asked.open(t)
    asked.arcs.send(asked.source, asked.sink)
  }
  for (const { v, t, arc } of asked.cells) inSteps(schedule, v, t, asked.arcs.flowOf(arc))
  for (const v of free) addEnergy(schedule, v, board.seats[v]!.target - energyOf(schedule, v), board.byPrice)
  return schedule
}

/** What each seat can have at most, the first of `order` first, W·ms. */
const mostOf = (schedule: Schedule, order: number[]): Map<number, number> => {
  const { arcs, needs, source, sink, open } = asArcs(schedule, order)
  for (let t = 0; t < schedule.board.slots; t += 1) open(t)
  return new Map(
    order.map((v, i) => {
      arcs.widen(needs[i]!, schedule.board.seats[v]!.target)
      arcs.send(source, sink)
      // who could not have more has no more later: what others take is not given back
      return [v, arcs.flowOf(needs[i]!)]
    }),
  )
}

type Asked = {
  arcs: Arcs
  source: number
  sink: number
  /** From the source to each seat of `free`; without room yet. */
  needs: number[]
  cells: { v: number; t: number; arc: number }[]
  open(t: number): void
}

const asArcs = (schedule: Schedule, free: number[]): Asked => {
  const { board, room, siteW } = schedule
  const arcs = makeArcs()
  const [source, sink] = [arcs.node(), arcs.node()]
  const seats = free.map(() => arcs.node())
  const needs = seats.map((seat) => arcs.arc(source, seat, 0))
  const cells: Asked['cells'] = []
  const exits = Array.from({ length: board.slots }, (_, t) => {
    const site = arcs.node()
    const energy = (w: number) => Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, w) * slotMs(board, t))
    const nodes = new Map<number, number>()
    const nodeOf = (path: number[], at: number): number => {
      const n = path[at]!
      const known = nodes.get(n)
      if (known !== undefined) return known
      const here = arcs.node()
      nodes.set(n, here)
      arcs.arc(here, at + 1 < path.length ? nodeOf(path, at + 1) : site, energy(room[n]![t]!))
      return here
    }
    const outlets = new Map<number, number>()
    free.forEach((v, i) => {
      const { path, port, portIndex, stepW, maxSteps, spanMs } = board.seats[v]!
      // already over without us (base load, reserves): nothing is given there
      if (!(spanMs[t]! > 0) || path.some((n) => room[n]![t]! < 0)) return
      let outlet = outlets.get(portIndex)
      if (outlet === undefined) {
        outlet = arcs.node()
        outlets.set(portIndex, outlet)
        arcs.arc(outlet, site, energy(port.reservedW[t] ?? 0))
        arcs.arc(outlet, nodeOf(path, 0), energy(port.maxW))
      }
      cells.push({ v, t, arc: arcs.arc(seats[i]!, outlet, stepW[maxSteps]! * spanMs[t]!) })
    })
    return { arc: arcs.arc(site, sink, 0), most: energy(siteW[t]!) }
  })
  return { arcs, source, sink, needs, cells, open: (t) => arcs.widen(exits[t]!.arc, exits[t]!.most) }
}

const slotMs = ({ slotMs: whole, firstSpanMs }: Board, t: number): number => (t === 0 ? firstSpanMs : whole)

const inSteps = (schedule: Schedule, v: number, t: number, energy: number): void => {
  const { stepW, maxSteps, minSteps, spanMs } = schedule.board.seats[v]!
  const most = Math.min(stepsFree(schedule, v, t), Math.floor(energy / spanMs[t]! / (stepW[maxSteps]! / maxSteps) + 1e-3))
  if (most >= minSteps) setSteps(schedule, v, t, most)
}
