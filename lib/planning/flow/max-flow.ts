import type { Network } from './network.ts'

// Dinic's algorithm on the network of `network.ts`, without building its arcs: a seat reaches its leaf in each slot that it is there, a node
// its parent, its children and seats as far as something flows from them (source: Dinic 1970).

export type Flow = {
  network: Network
  /** Energy per slot and seat, and through each node: as `most` and `room`. */
  given: Float64Array
  through: Float64Array
  /** What each seat may still be given. */
  left: Float64Array
  /** Slots that may take energy; what is given in others moves only between seats. */
  open: Uint8Array
  /** Room of the site per slot; lower than the network's where a peak is kept. */
  site: Float64Array
  /** After `fillUp` found no more: which seats could take more, and which slots' nodes they reach. `reached[seats + t * nodes + n]`. */
  reached: Int32Array
  level: Int32Array
  queue: Int32Array
  next: Int32Array
}

export const emptyFlow = (network: Network): Flow => ({
  network,
  given: new Float64Array(network.slots * network.seats),
  through: new Float64Array(network.slots * network.nodes),
  left: new Float64Array(network.seats),
  open: new Uint8Array(network.slots),
  site: Float64Array.from({ length: network.slots }, (_, t) => network.room[t * network.nodes]!),
  reached: new Int32Array(network.seats + network.slots * network.nodes),
  level: new Int32Array(network.seats + network.slots * network.nodes),
  queue: new Int32Array(network.seats + network.slots * network.nodes),
  next: new Int32Array(network.seats + network.slots * network.nodes),
})

/** What a seat can be given more in a slot at once, as far as limits allow. */
const roomFor = ({ network, given, through, site }: Flow, v: number, t: number, wants: number): number => {
  const { seats, nodes, leaf, most, parent, room } = network
  let add = Math.min(wants, most[t * seats + v]! - given[t * seats + v]!, site[t]! - through[t * nodes]!)
  for (let n = leaf[v]!; n > 0 && add > 0; n = parent[n]!) add = Math.min(add, room[t * nodes + n]! - through[t * nodes + n]!)
  return add
}

const giveTo = ({ network, given, through, left }: Flow, v: number, t: number, add: number): void => {
  const { seats, nodes, leaf, parent } = network
  given[t * seats + v]! += add
  for (let n = leaf[v]!; n >= 0; n = parent[n]!) through[t * nodes + n]! += add
  left[v]! -= add
}

/** Gives seats (in `order`) what they want in free room, slot by slot: no seat loses anything. Most of what Dinic would do, at a fraction of its work. */
export const fillFree = (flow: Flow, order: Int32Array, slots: Int32Array): void => {
  const { network, left, open } = flow
  const { from, until } = network
  for (let i = 0; i < order.length; i += 1) {
    const v = order[i]!
    for (let s = 0; s < slots.length && left[v]! > 0; s += 1) {
      const t = slots[s]!
      if (t < from[v]! || t >= until[v]! || open[t] === 0) continue
      const add = roomFor(flow, v, t, left[v]!)
      if (add > 0) giveTo(flow, v, t, add)
    }
  }
}

/** What another answer gives in these slots, as far as it is allowed here. */
export const fillAs = (flow: Flow, given: Float64Array, slots: Int32Array): void => {
  const { seats } = flow.network
  for (let s = 0; s < slots.length; s += 1) {
    const t = slots[s]!
    for (let v = 0; v < seats; v += 1) {
      const like = given[t * seats + v]!
      if (like <= 0) continue
      const add = roomFor(flow, v, t, Math.min(like, flow.left[v]!))
      if (add > 0) giveTo(flow, v, t, add)
    }
  }
}

const DEAD = -1
/** Amounts are whole W·ms, or nearly: what numbers lose is not looked for. */
const LEAST = 1

/**
 * Gives as much as can be given in the open slots, moving between seats what must be moved. Answers how much that was; with `isCut` it tells
 * in `reached` what those who want more reach.
 */
export const fillUp = (flow: Flow, isCut = true): number => {
  const { network, given, through, left, open, site, level, queue, next } = flow
  const { seats, nodes, slots, leaf, from, until, most, parent, room, kidsFrom, kidsUntil, seatsFrom, seatsUntil } = network

  /** How far each is from an open slot with room: 1 = the slot itself, 0 = out of reach. False when nobody who wants more is near one. */
  const measure = (): boolean => {
    level.fill(0)
    let [head, tail] = [0, 0]
    let waiting = 0
    for (let v = 0; v < seats; v += 1) if (left[v]! > 0) waiting += 1
    if (waiting === 0) return false
    const all = waiting
    for (let t = 0; t < slots; t += 1) {
      if (open[t] === 0 || through[t * nodes]! >= site[t]!) continue
      level[seats + t * nodes] = 1
      queue[tail++] = seats + t * nodes
    }
    // nobody is farther than the last who wants more
    let farthest = Number.MAX_SAFE_INTEGER
    while (head < tail) {
      const at = queue[head++]!
      const far = level[at]! + 1
      if (far > farthest) break
      if (at < seats) {
        for (let t = from[at]!, end = until[at]!; t < end; t += 1) {
          const by = seats + t * nodes + leaf[at]!
          if (level[by] === 0 && given[t * seats + at]! > 0) {
            level[by] = far
            queue[tail++] = by
          }
        }
        continue
      }
      const cell = at - seats
      const t = (cell / nodes) | 0
      const n = cell - t * nodes
      if (n > 0) {
        const up = at - n + parent[n]!
        if (level[up] === 0 && through[cell]! > 0) {
          level[up] = far
          queue[tail++] = up
        }
      }
      for (let kid = kidsFrom[n]!; kid < kidsUntil[n]!; kid += 1) {
        const down = at - n + kid
        if (level[down] === 0 && through[cell - n + kid]! < room[cell - n + kid]!) {
          level[down] = far
          queue[tail++] = down
        }
      }
      for (let v = seatsFrom[n]!; v < seatsUntil[n]!; v += 1) {
        if (level[v] === 0 && given[t * seats + v]! < most[t * seats + v]!) {
          level[v] = far
          queue[tail++] = v
          if (left[v]! > 0) {
            waiting -= 1
            if (waiting === 0) farthest = far
          }
        }
      }
    }
    return waiting < all
  }

  const fromSeat = (v: number, wanted: number): number => {
    const far = level[v]! - 1
    let moved = 0
    for (let t = next[v]!; t < until[v]!; t += 1) {
      next[v] = t
      if (level[seats + t * nodes + leaf[v]!] !== far) continue
      const free = most[t * seats + v]! - given[t * seats + v]!
      if (free <= 0) continue
      const got = fromNode(t, leaf[v]!, Math.min(wanted - moved, free))
      given[t * seats + v]! += got
      moved += got
      if (moved >= wanted) return moved
    }
    next[v] = until[v]!
    // nothing more can go this way
    level[v] = DEAD
    return moved
  }

  const fromNode = (t: number, n: number, wanted: number): number => {
    const cell = t * nodes + n
    const at = seats + cell
    const far = level[at]! - 1
    let moved = 0
    // 0 = up, then the children, then the seats
    if (next[at] === 0) {
      const free = n === 0 ? (far === 0 ? site[t]! - through[cell]! : 0) : room[cell]! - through[cell]!
      if (free > 0 && (n === 0 || level[at - n + parent[n]!] === far)) {
        const most = Math.min(wanted, free)
        const got = n === 0 ? most : fromNode(t, parent[n]!, most)
        through[cell]! += got
        moved += got
        if (moved >= wanted) return moved
      }
      next[at] = 1
    }
    if (far > 0) {
      const kids = kidsUntil[n]! - kidsFrom[n]!
      for (let i = next[at]! - 1; i < kids; i += 1) {
        next[at] = i + 1
        const kid = kidsFrom[n]! + i
        if (level[at - n + kid] !== far) continue
        const has = through[cell - n + kid]!
        if (has <= 0) continue
        const got = fromNode(t, kid, Math.min(wanted - moved, has))
        through[cell - n + kid]! -= got
        moved += got
        if (moved >= wanted) return moved
      }
      const end = seatsUntil[n]! - seatsFrom[n]!
      for (let i = Math.max(0, next[at]! - 1 - kids); i < end; i += 1) {
        next[at] = 1 + kids + i
        const v = seatsFrom[n]! + i
        if (level[v] !== far) continue
        const has = given[t * seats + v]!
        if (has <= 0) continue
        const got = fromSeat(v, Math.min(wanted - moved, has))
        given[t * seats + v]! -= got
        moved += got
        if (moved >= wanted) return moved
      }
      next[at] = 1 + kids + end
    }
    level[at] = DEAD
    return moved
  }

  let total = 0
  for (let gained = LEAST; gained >= LEAST && measure(); ) {
    gained = 0
    for (let v = 0; v < seats; v += 1) next[v] = from[v]!
    next.fill(0, seats)
    for (let v = 0; v < seats; v += 1) {
      if (left[v]! <= 0 || level[v]! <= 0) continue
      const got = fromSeat(v, left[v]!)
      left[v]! -= got
      gained += got
    }
    total += gained
  }
  if (isCut) reach(flow)
  return total
}

/** What those who want more reach, by moving others: the least that limits keep from them. */
const reach = ({ network, given, through, left, open, reached, queue }: Flow): void => {
  const { seats, nodes, leaf, from, until, most, parent, room, kidsFrom, kidsUntil, seatsFrom, seatsUntil } = network
  reached.fill(0)
  let [head, tail] = [0, 0]
  const add = (at: number): void => {
    reached[at] = 1
    queue[tail++] = at
  }
  for (let v = 0; v < seats; v += 1) if (left[v]! > 0) add(v)
  while (head < tail) {
    const at = queue[head++]!
    if (at < seats) {
      for (let t = from[at]!, end = until[at]!; t < end; t += 1) {
        // a closed slot in which nothing flows leads nowhere
        if (open[t] === 0 && through[t * nodes]! <= 0) continue
        const to = seats + t * nodes + leaf[at]!
        if (reached[to] === 0 && given[t * seats + at]! < most[t * seats + at]!) add(to)
      }
      continue
    }
    const cell = at - seats
    const t = (cell / nodes) | 0
    const n = cell - t * nodes
    if (n > 0 && reached[at - n + parent[n]!] === 0 && through[cell]! < room[cell]!) add(at - n + parent[n]!)
    if (through[cell]! <= 0) continue
    for (let kid = kidsFrom[n]!; kid < kidsUntil[n]!; kid += 1)
      if (reached[at - n + kid] === 0 && through[cell - n + kid]! > 0) add(at - n + kid)
    for (let v = seatsFrom[n]!; v < seatsUntil[n]!; v += 1) if (reached[v] === 0 && given[t * seats + v]! > 0) add(v)
  }
}
