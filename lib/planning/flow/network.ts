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
  /** Of node 0 in each slot of the plan, and how long that slot can be used, ms. */
  site: Float64Array
  spanMs: Float64Array
  /** Per slot of the plan: what each node can carry, and what each seat can take. */
  capacity: Float64Array[]
  ownMost: Float64Array[]
}

/** The most slots × seats that are solved whole: more are solved in coarser slots. */
const MOST_CELLS = 100_000
const WIDTHS = [1, 2, 3, 6, 12, 24, 48]
/** No power is larger: a limit above it is none. */
const NO_LIMIT = 1e15

/** How many of the plan's slots make one slot of the flow: 1 up to about 200 vehicles, half an hour for a thousand. */
export const widthFor = ({ seats, slots, slotMs }: Board): number => {
  const fits = (width: number) => (seats.length * slots) / width <= MOST_CELLS
  const hour = 3_600_000 / slotMs
  return WIDTHS.filter((width) => width <= 4 * hour && Number.isInteger((4 * hour) / width)).find(fits) ?? 4 * hour
}

type Limb = { node: number; limbs: Limb[]; seats: number[]; capacity: Float64Array }

/** The network of those seats that want something: `upTo` by seat of the board. */
export const networkOf = (board: Board, width: number, upTo: ArrayLike<number>): Network => {
  const { slots: fine, slotMs } = board
  // slots of the clock: 12:00, 12:30 …
  const offset = Math.round(board.fromMs / slotMs) % width
  const slots = Math.ceil((fine + offset) / width)
  const begins = Int32Array.from({ length: slots + 1 }, (_, k) => Math.min(fine, Math.max(0, k * width - offset)))
  const spanMs = Float64Array.from({ length: fine }, (_, t) => (t === 0 ? board.firstSpanMs : slotMs))
  const present = board.seats.flatMap((seat, v) => (seat.maxSteps >= seat.minSteps && upTo[v]! > 0 ? [v] : []))
  const own = new Map(present.map((v) => [v, ownMost(board.seats[v]!, fine)]))
  const root = treeOf(board, present, own, spanMs)
  return laidOut(board, root, own, { begins, width, slots, spanMs })
}

const ownMost = ({ stepW, maxSteps, spanMs }: Seat, slots: number): Float64Array => {
  const most = new Float64Array(slots)
  const w = stepW[maxSteps]!
  for (let t = 0; t < slots; t += 1) most[t] = w * spanMs[t]!
  return most
}

/** The tree of those limits that can ever be in the way; a limit above one vehicle alone is made the vehicle's own. */
const treeOf = (board: Board, present: number[], own: Map<number, Float64Array>, spanMs: Float64Array): Limb => {
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
  const site: Limb = {
    node: top,
    limbs: [],
    seats: [],
    capacity: sumOf([...roots].map((n) => capacityOf(board, n, under.get(n)!, spanMs))),
  }
  const all = sumOf([...own.values()])
  for (let t = 0; t < board.slots; t += 1)
    site.capacity[t] = Math.min(site.capacity[t] ?? 0, all[t] ?? 0, Math.max(0, board.siteW[t]!) * spanMs[t]!)
  limbs.set(top, site)
  for (const [n, seats] of under) {
    if (n === top) continue
    const capacity = capacityOf(board, n, seats, spanMs)
    if (seats.length === 1) {
      const most = own.get(seats[0]!)!
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
  return site
}

const sumOf = (rows: Float64Array[]): Float64Array =>
  rows.length === 0
    ? new Float64Array()
    : rows.slice(1).reduce((sum, row) => {
        for (let t = 0; t < sum.length; t += 1) sum[t]! += row[t]!
        return sum
      }, rows[0]!.slice())

/** What a node can carry for these vehicles, per slot. What the envelope keeps for their own ports they may use. */
const capacityOf = (board: Board, n: number, seats: number[], spanMs: Float64Array): Float64Array => {
  if (n <= -2) {
    const w = Math.max(...seats.map((v) => board.seats[v]!.stepW[board.seats[v]!.maxSteps]!))
    return spanMs.map((ms) => w * ms)
  }
  const capacity = Float64Array.from(board.room[n]!)
  const ports = new Map(seats.map((v) => [board.seats[v]!.portIndex, board.seats[v]!]))
  for (const { port } of ports.values())
    if (port.reservedW.length > 0) for (let t = 0; t < capacity.length; t += 1) capacity[t]! += port.reservedW[t] ?? 0
  const rows = board.roomMa[n]
  if (rows) {
    const phases = [...new Set(seats.flatMap((v) => board.seats[v]!.usedPhases))]
    // W that one mA on one phase conductor carries at most
    const perMa = Math.max(...seats.map((v) => wPerMa(board.seats[v]!)))
    for (let t = 0; t < capacity.length; t += 1) {
      let ma = 0
      for (const phase of phases) {
        ma += rows[phase][t]!
        for (const seat of ports.values()) if (seat.usedPhases.includes(phase)) ma += seat.reservedMa[t]!
      }
      capacity[t] = Math.min(capacity[t]!, Math.ceil(Math.max(0, ma) * perMa))
    }
  }
  for (let t = 0; t < capacity.length; t += 1) capacity[t] = Math.min(NO_LIMIT, Math.max(0, capacity[t]!) * spanMs[t]!)
  return capacity
}

const wPerMa = ({ stepW, maxSteps, port, usedPhases }: Seat): number =>
  (stepW[maxSteps]! + 1) / (maxSteps * port.stepMa) / usedPhases.length

const canBind = (capacity: Float64Array, seats: number[], own: Map<number, Float64Array>): boolean => {
  const rows = seats.map((v) => own.get(v)!)
  for (let t = 0; t < capacity.length; t += 1) {
    let sum = 0
    for (const row of rows) sum += row[t]!
    if (sum > capacity[t]!) return true
  }
  return false
}

const laidOut = (
  board: Board,
  root: Limb,
  own: Map<number, Float64Array>,
  { begins, width, slots, spanMs }: { begins: Int32Array; width: number; slots: number; spanMs: Float64Array },
): Network => {
  // level by level, so that the limbs of one lie side by side
  const limbs: Limb[] = [root]
  for (let n = 0; n < limbs.length; n += 1) limbs.push(...limbs[n]!.limbs)
  const nodes = limbs.length
  const at = new Map(limbs.map((limb, n) => [limb, n]))
  const order = limbs.flatMap((limb) => limb.seats)
  const seats = order.length
  const network: Network = {
    seats,
    nodes,
    slots,
    width,
    begins,
    boardSeat: Int32Array.from(order),
    leaf: new Int32Array(seats),
    from: new Int32Array(seats),
    until: new Int32Array(seats),
    most: new Float64Array(slots * seats),
    parent: new Int32Array(nodes).fill(-1),
    kidsFrom: new Int32Array(nodes),
    kidsUntil: new Int32Array(nodes),
    seatsFrom: new Int32Array(nodes),
    seatsUntil: new Int32Array(nodes),
    boardNode: Int32Array.from(limbs, ({ node }) => node),
    room: new Float64Array(slots * nodes),
    site: root.capacity.length > 0 ? root.capacity : new Float64Array(board.slots),
    spanMs,
    capacity: limbs.map(({ capacity }) => capacity),
    ownMost: order.map((v) => own.get(v)!),
  }
  let seat = 0
  limbs.forEach((limb, n) => {
    network.kidsFrom[n] = limb.limbs.length === 0 ? 0 : at.get(limb.limbs[0]!)!
    network.kidsUntil[n] = network.kidsFrom[n]! + limb.limbs.length
    for (const kid of limb.limbs) network.parent[at.get(kid)!] = n
    network.seatsFrom[n] = seat
    for (const _ of limb.seats) network.leaf[seat++] = n
    network.seatsUntil[n] = seat
    for (let k = 0; k < slots; k += 1) {
      let room = 0
      for (let t = begins[k]!; t < begins[k + 1]!; t += 1) room += limb.capacity[t] ?? 0
      network.room[k * nodes + n] = Math.min(NO_LIMIT, room)
    }
  })
  order.forEach((v, i) => {
    const most = own.get(v)!
    let [first, last] = [slots, -1]
    for (let k = 0; k < slots; k += 1) {
      let sum = 0
      for (let t = begins[k]!; t < begins[k + 1]!; t += 1) sum += most[t]!
      network.most[k * seats + i] = sum
      if (sum <= 0) continue
      first = Math.min(first, k)
      last = k
    }
    network.from[i] = Math.min(first, last + 1)
    network.until[i] = last + 1
  })
  return network
}
