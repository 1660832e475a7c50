import type { Board, Seat } from '../board.ts'
import { type Limb, NO_LIMIT, type Tree, treeOf } from './tree.ts'

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

/** How many of the plan's slots make one slot of the flow: 1 up to about 200 vehicles, a quarter of an hour for a thousand. */
export const widthFor = ({ seats, slots, slotMs }: Board): number => {
  const fits = (width: number) => (seats.length * slots) / width <= MOST_CELLS
  const hour = 3_600_000 / slotMs
  return WIDTHS.filter((width) => width <= 4 * hour && Number.isInteger((4 * hour) / width)).find(fits) ?? 4 * hour
}

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
  const { seats, nodes } = laid
  const begins = beginsAt(board, width)
  const slots = begins.length - 1
  const [from, until] = [new Int32Array(seats), new Int32Array(seats)]
  const most = new Float64Array(slots * seats)
  const room = new Float64Array(slots * nodes)
  const network = { ...laid, slots, width, begins, from, until, most, room }
  for (let n = 0; n < nodes; n += 1) sumNode(network, n)
  for (let i = 0; i < seats; i += 1) sumSeat(network, i)
  return network
}

/** The same network where limits and vehicles allow something else: only rows that are others are summed anew. */
export const allowing = (network: Network, rows: Pick<Network, 'capacity' | 'ownMost' | 'wasted'>): Network => {
  const { seats, nodes, from, until, most, room } = network
  const next = { ...network, ...rows, from: from.slice(), until: until.slice(), most: most.slice(), room: room.slice() }
  for (let n = 0; n < nodes; n += 1) if (rows.capacity[n] !== network.capacity[n]) sumNode(next, n)
  for (let i = 0; i < seats; i += 1) if (rows.ownMost[i] !== network.ownMost[i]) sumSeat(next, i)
  return next
}

const sumNode = ({ nodes, slots, begins, capacity, room }: Network, n: number): void => {
  const row = capacity[n]!
  for (let k = 0; k < slots; k += 1) {
    let sum = 0
    for (let t = begins[k]!; t < begins[k + 1]! && t < row.length; t += 1) sum += row[t]!
    room[k * nodes + n] = Math.min(NO_LIMIT, sum)
  }
}

const sumSeat = ({ seats, slots, begins, ownMost, from, until, most }: Network, i: number): void => {
  const row = ownMost[i]!
  let [first, end] = [0, 0]
  for (let k = 0; k < slots; k += 1) {
    let sum = 0
    for (let t = begins[k]!; t < begins[k + 1]!; t += 1) if (row[t]! > 0) sum += row[t]!
    // a column: who is not there is not written
    if (sum > 0 || most[k * seats + i]! > 0) most[k * seats + i] = sum
    if (sum <= 0) continue
    if (end === 0) first = k
    end = k + 1
  }
  from[i] = first
  until[i] = end
}
