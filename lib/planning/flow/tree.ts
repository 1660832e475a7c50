import type { Board, Seat } from '../board.ts'

// The limits that can ever be in the way of some vehicles, as a tree.

/** No power is larger: a limit above it is none. */
export const NO_LIMIT = 1e15

export type Limb = { node: number; limbs: Limb[]; seats: number[]; capacity: Float64Array }
export type Tree = { root: Limb; limit: Float64Array; drawn: Float64Array }

/** The tree of those limits that can ever be in the way; a limit above one vehicle alone is made the vehicle's own. */
export const treeOf = (board: Board, present: number[], own: Float64Array[], spanMs: Float64Array): Tree => {
  const limbs = new Map<number, Limb>()
  const under = new Map<number, number[]>()
  for (const v of present) {
    for (const n of [...board.seats[v]!.path, -2 - board.seats[v]!.portIndex]) {
      const seats = under.get(n)
      if (seats) seats.push(v)
      else under.set(n, [v])
    }
  }
  const roots = new Set(present.map((v) => board.seats[v]!.path.at(-1)!))
  // one root is the site itself
  const [root] = roots
  const top = roots.size === 1 ? root! : -1
  const site: Limb = { node: top, limbs: [], seats: [], capacity: new Float64Array(present.length > 0 ? board.slots : 0) }
  for (const n of roots) addTo(site.capacity, capacityOf(board, n, under.get(n)!, spanMs))
  for (let t = 0; t < site.capacity.length; t += 1)
    site.capacity[t] = Math.min(site.capacity[t]!, Math.max(0, board.siteW[t]!) * spanMs[t]!)
  const limit = site.capacity.slice()
  const all = new Float64Array(board.slots)
  // a limit counts what is drawn for the whole of a slot, also where a vehicle is there for a part of it
  const drawn = new Float64Array(board.slots)
  for (const v of present) {
    const there = board.seats[v]!.spanMs
    const most = own[v]!
    for (let t = 0; t < all.length; t += 1) {
      if (most[t] === 0) continue
      all[t]! += most[t]!
      drawn[t]! += (most[t]! * spanMs[t]!) / there[t]!
    }
  }
  for (let t = 0; t < limit.length; t += 1) {
    drawn[t] = Math.min(limit[t]!, drawn[t]!)
    site.capacity[t] = Math.min(limit[t]!, all[t]!)
  }
  limbs.set(top, site)
  for (const [n, seats] of under) {
    if (n === top) continue
    // a port of one vehicle is in nobody's way
    if (n <= -2 && seats.length === 1) continue
    const capacity = capacityOf(board, n, seats, spanMs)
    if (seats.length === 1) {
      const most = own[seats[0]!]!
      for (let t = 0; t < most.length; t += 1) if (capacity[t]! < most[t]!) most[t] = capacity[t]!
    } else limbs.set(n, { node: n, limbs: [], seats: [], capacity })
  }
  const windows = windowsOf(own)
  for (const [n, { capacity }] of limbs) if (n !== top && !canBind(capacity, under.get(n)!, own, windows)) limbs.delete(n)
  const above = (path: number[]): Limb => limbs.get(path.find((n) => limbs.has(n)) ?? top)!
  for (const [n, limb] of limbs) {
    if (n === top) continue
    const [v] = under.get(n)!
    const path = board.seats[v!]!.path
    above(n < 0 ? path : path.slice(path.indexOf(n) + 1)).limbs.push(limb)
  }
  for (const v of present) above([-2 - board.seats[v]!.portIndex, ...board.seats[v]!.path]).seats.push(v)
  return { root: site, limit, drawn }
}

const addTo = (sum: Float64Array, row: Float64Array): void => {
  for (let t = 0; t < sum.length; t += 1) sum[t]! += row[t]!
}

/** What a node can carry for these vehicles, per slot. What the envelope keeps for their own ports they may use. */
const capacityOf = (board: Board, n: number, seats: number[], spanMs: Float64Array): Float64Array => {
  if (n <= -2) {
    const w = seats.reduce((most, v) => Math.max(most, board.seats[v]!.stepW[board.seats[v]!.maxSteps]!), 0)
    return spanMs.map((ms) => w * ms)
  }
  const capacity = board.room[n]!.slice()
  const ports = board.hasReserves ? reserving(board, seats) : []
  // where base load and reserves alone are above the limit nothing is given
  const isOver = (t: number) => board.room[n]![t]! < 0
  for (const { seat, isThere } of ports)
    for (let t = 0; t < capacity.length; t += 1) if (isThere[t] && !isOver(t)) capacity[t]! += seat.port.reservedW[t] ?? 0
  const rows = board.roomMa[n]
  if (rows) {
    const phases = [...new Set(seats.flatMap((v) => board.seats[v]!.usedPhases))]
    // W that one mA on one phase conductor carries at most
    const perMa = seats.reduce((most, v) => Math.max(most, wPerMa(board.seats[v]!)), 0)
    const amps = new Float64Array(capacity.length)
    for (const phase of phases) {
      addTo(amps, rows[phase])
      for (const { seat, isThere } of ports)
        if (seat.usedPhases.includes(phase)) for (let t = 0; t < capacity.length; t += 1) if (isThere[t]) amps[t]! += seat.reservedMa[t]!
    }
    for (let t = 0; t < capacity.length; t += 1) capacity[t] = Math.min(capacity[t]!, Math.ceil(Math.max(0, amps[t]!) * perMa))
  }
  for (let t = 0; t < capacity.length; t += 1) capacity[t] = Math.min(NO_LIMIT, Math.max(0, capacity[t]!) * spanMs[t]!)
  return capacity
}

type Reserving = { seat: Seat; isThere: Uint8Array }

/** One seat of each port for which the envelope keeps something, and the slots in which somebody is there to take it. */
const reserving = (board: Board, seats: number[]): Reserving[] => {
  const ports = new Map<number, Reserving>()
  for (const v of seats) {
    const seat = board.seats[v]!
    if (seat.port.reservedW.length === 0) continue
    const known = ports.get(seat.portIndex) ?? { seat, isThere: new Uint8Array(board.slots) }
    for (let t = 0; t < board.slots; t += 1) if (seat.spanMs[t]! > 0) known.isThere[t] = 1
    ports.set(seat.portIndex, known)
  }
  return [...ports.values()]
}

const wPerMa = ({ stepW, maxSteps, port, usedPhases }: Seat): number =>
  (stepW[maxSteps]! + 1) / (maxSteps * port.stepMa) / usedPhases.length

/** Where `own` (by seat) is more than nothing: the first slot, and the end of the last. */
const windowsOf = (own: Float64Array[]): Int32Array[] =>
  own.map((most) => {
    let [from, until] = [0, most.length]
    while (from < until && most[from] === 0) from += 1
    while (until > from && most[until - 1] === 0) until -= 1
    return Int32Array.of(from, until)
  })

const canBind = (capacity: Float64Array, seats: number[], own: Float64Array[], windows: Int32Array[]): boolean => {
  const sum = new Float64Array(capacity.length)
  for (const v of seats) {
    const most = own[v]!
    const [from, until] = [windows[v]![0]!, windows[v]![1]!]
    for (let t = from; t < until; t += 1) sum[t]! += most[t]!
  }
  for (let t = 0; t < capacity.length; t += 1) if (sum[t]! > capacity[t]!) return true
  return false
}
