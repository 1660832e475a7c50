import type { Board, Seat } from '../board.ts'

// The planner's question as a flow: vehicles → slots, through the tree of limits. Slots may be coarser than the plan's: their limits are
// summed, so that whatever a plan can do the flow can do as well. Energy in W·ms, whole numbers.

/** Node 0 is the site: everything passes it. Seats and nodes are ordered by the tree, so that what hangs on a node lies side by side. */
export type Network = {
  seats: number
  nodes: number
  slots: number
  /** Slots of the plan in one slot here; the first one may be shorter, so that slots are those of the clock. */
  width: number
  /** First slot of the plan of each slot here, and the end of the last. */
  begins: Int32Array
  /** The board's seat of each seat here. */
  boardSeat: Int32Array
  /** Where each seat hangs. */
  leaf: Int32Array
  /** Slots in which the vehicle is there. */
  from: Int32Array
  until: Int32Array
  /** Most energy per slot and seat: `most[t * seats + v]`. */
  most: Float64Array
  parent: Int32Array
  kidsFrom: Int32Array
  kidsUntil: Int32Array
  seatsFrom: Int32Array
  seatsUntil: Int32Array
  /** The board's node of each node here; −1 = the site of several roots, −2 − p = port p. */
  boardNode: Int32Array
  /** Most energy per slot and node: `room[t * nodes + n]`; of node 0 without any peak. */
  room: Float64Array
  /** Of node 0 in each slot of the plan: no more energy than all could take; what limits count of it; and how long that slot can be used, ms. */
  site: Float64Array
  drawn: Float64Array
  spanMs: Float64Array
  /** Per slot of the plan: what each node can carry, and what each seat can take. */
  capacity: Float64Array[]
  ownMost: Float64Array[]
  /** The site's own limit in each slot of the plan, and what of it nobody can use: see `parts.ts`. */
  limit: Float64Array
  wasted: Float64Array
}

/** The most slots × seats that are solved whole: more are solved in coarser slots. */
const MOST_CELLS = 100_000
const WIDTHS = [1, 2, 3, 6, 12, 24, 48]
/** No power is larger: a limit above it is none. */
const NO_LIMIT = 1e15

/** How many of the plan's slots make one slot of the flow: 1 up to about 200 vehicles, a quarter of an hour for a thousand. */
export const widthFor = ({ seats, slots, slotMs }: Board): number => {
  const fits = (width: number) => (seats.length * slots) / width <= MOST_CELLS
  const hour = 3_600_000 / slotMs
  return WIDTHS.filter((width) => width <= 4 * hour && Number.isInteger((4 * hour) / width)).find(fits) ?? 4 * hour
}

type Limb = { node: number; limbs: Limb[]; seats: number[]; capacity: Float64Array }
type Tree = { root: Limb; limit: Float64Array; drawn: Float64Array }

/** The network of those seats that want something: `upTo` by seat of the board. */
export const networkOf = (board: Board, width: number, upTo: ArrayLike<number>): Network => {
  const { slots: fine, slotMs } = board
  const spanMs = new Float64Array(fine).fill(slotMs)
  if (fine > 0) spanMs[0] = board.firstSpanMs
  const present = board.seats.flatMap((seat, v) => (seat.maxSteps >= seat.minSteps && upTo[v]! > 0 ? [v] : []))
  const own: Float64Array[] = []
  for (const v of present) own[v] = ownMost(board.seats[v]!, fine)
  return atWidth(board, laidOut(board, treeOf(board, present, own, spanMs), own, spanMs), width)
}

const ownMost = ({ stepW, maxSteps, spanMs }: Seat, slots: number): Float64Array => {
  const most = new Float64Array(slots)
  const w = stepW[maxSteps]!
  for (let t = 0; t < slots; t += 1) most[t] = w * spanMs[t]!
  return most
}

/** The tree of those limits that can ever be in the way; a limit above one vehicle alone is made the vehicle's own. */
const treeOf = (board: Board, present: number[], own: Float64Array[], spanMs: Float64Array): Tree => {
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
  for (const [n, { capacity }] of limbs) if (n !== top && !canBind(capacity, under.get(n)!, own)) limbs.delete(n)
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
  const capacity = Float64Array.from(board.room[n]!)
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

const canBind = (capacity: Float64Array, seats: number[], own: Float64Array[]): boolean => {
  const sum = new Float64Array(capacity.length)
  for (const v of seats) addTo(sum, own[v]!)
  for (let t = 0; t < capacity.length; t += 1) if (sum[t]! > capacity[t]!) return true
  return false
}

/** What does not depend on the width of slots. */
export type Laid = Omit<Network, 'slots' | 'width' | 'begins' | 'from' | 'until' | 'most' | 'room'>

const laidOut = (board: Board, { root, limit, drawn }: Tree, own: Float64Array[], spanMs: Float64Array): Laid => {
  // level by level, so that the limbs of one lie side by side
  const limbs: Limb[] = [root]
  for (let n = 0; n < limbs.length; n += 1) limbs.push(...limbs[n]!.limbs)
  const nodes = limbs.length
  const at = new Map(limbs.map((limb, n) => [limb, n]))
  const order = limbs.flatMap((limb) => limb.seats)
  const laid: Laid = {
    seats: order.length,
    nodes,
    boardSeat: Int32Array.from(order),
    leaf: new Int32Array(order.length),
    parent: new Int32Array(nodes).fill(-1),
    kidsFrom: new Int32Array(nodes),
    kidsUntil: new Int32Array(nodes),
    seatsFrom: new Int32Array(nodes),
    seatsUntil: new Int32Array(nodes),
    boardNode: Int32Array.from(limbs, ({ node }) => node),
    site: root.capacity.length > 0 ? root.capacity : new Float64Array(board.slots),
    drawn,
    spanMs,
    capacity: limbs.map(({ capacity }) => capacity),
    ownMost: order.map((v) => own[v]!),
    limit: limit.length > 0 ? limit : new Float64Array(board.slots),
    wasted: new Float64Array(board.slots),
  }
  let seat = 0
  limbs.forEach((limb, n) => {
    laid.kidsFrom[n] = limb.limbs.length === 0 ? 0 : at.get(limb.limbs[0]!)!
    laid.kidsUntil[n] = laid.kidsFrom[n]! + limb.limbs.length
    for (const kid of limb.limbs) laid.parent[at.get(kid)!] = n
    laid.seatsFrom[n] = seat
    for (const _ of limb.seats) laid.leaf[seat++] = n
    laid.seatsUntil[n] = seat
  })
  return laid
}

/** First slot of each `width` of them, and the end of the last: those of the clock (12:00, 12:30 …). */
export const beginsAt = ({ slots, fromMs, slotMs }: Board, width: number): Int32Array => {
  const offset = Math.round(fromMs / slotMs) % width
  return Int32Array.from({ length: Math.ceil((slots + offset) / width) + 1 }, (_, k) => Math.min(slots, Math.max(0, k * width - offset)))
}

/** The same network with slots of another width. */
export const atWidth = (board: Board, laid: Laid, width: number): Network => {
  const { seats, nodes, capacity, ownMost } = laid
  const fine = board.slots
  const begins = beginsAt(board, width)
  const slots = begins.length - 1
  const slotOf = new Int32Array(fine)
  for (let k = 0; k < slots; k += 1) slotOf.fill(k, begins[k]!, begins[k + 1]!)
  const room = new Float64Array(slots * nodes)
  for (let n = 0; n < nodes; n += 1) {
    const row = capacity[n]!
    for (let t = 0; t < row.length; t += 1) room[slotOf[t]! * nodes + n]! += row[t]!
  }
  for (let i = 0; i < room.length; i += 1) if (room[i]! > NO_LIMIT) room[i] = NO_LIMIT
  const [from, until] = [new Int32Array(seats), new Int32Array(seats)]
  const most = new Float64Array(slots * seats)
  for (let i = 0; i < seats; i += 1) {
    const row = ownMost[i]!
    let [first, last] = [fine, -1]
    for (let t = 0; t < fine; t += 1) {
      if (row[t]! <= 0) continue
      if (first === fine) first = t
      last = t
      most[slotOf[t]! * seats + i]! += row[t]!
    }
    until[i] = last < 0 ? 0 : slotOf[last]! + 1
    from[i] = last < 0 ? 0 : slotOf[first]!
  }
  return { ...laid, slots, width, begins, from, until, most, room }
}
